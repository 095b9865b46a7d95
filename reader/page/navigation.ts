/** The site's tree of pages. Sections fold without a script; the ones on the way to the current page stand open. */
import { type Html, html } from "../html/html.ts";
import type { NavNode } from "./page.ts";

export function navigation(nodes: readonly NavNode[]): Html | null {
  if (nodes.length === 0) return null;
  return html`<nav class="site-nav" id="page:nav" aria-label="Contents" popover>
${list(nodes)}</nav>`;
}

function list(nodes: readonly NavNode[]): Html {
  return html`<ul>\n${nodes.map((node) => html`<li>${item(node)}</li>\n`)}</ul>\n`;
}

function item(node: NavNode): Html {
  if (node.children.length === 0) return label(node);
  return html`<details${leadsToCurrent(node) ? html` open` : null}><summary>${label(node)}</summary>
${list(node.children)}</details>`;
}

function label({ title, href, current }: NavNode): Html {
  if (href === null) return html`<span>${title}</span>`;
  return html`<a href="${href}"${current ? html` aria-current="page"` : null}>${title}</a>`;
}

function leadsToCurrent(node: NavNode): boolean {
  return node.current || node.children.some(leadsToCurrent);
}
