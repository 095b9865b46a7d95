/** Links and images of the markdown itself: resolved, and marked where nothing is at their target. */
import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { escapeHtml } from "../html/html.ts";
import type { RenderContext } from "./render.ts";
import { Rendering } from "./rendering.ts";
import { EXTERNAL_REL, resolveImage, resolveLink, sizeAttributes, sizeOf, type Target } from "./target.ts";

export function links(md: MarkdownIt): void {
  // Every URL is judged in target.ts; what markdown-it refuses would stand in the text as raw markdown.
  md.validateLink = () => true;
  // Most addresses need no encoding; taking one apart and putting it together again costs as much as the link around it.
  const normalize = md.normalizeLink.bind(md);
  md.normalizeLink = (url) => (NORMAL.test(url) ? url : normalize(url));
  md.core.ruler.push("links", resolveAll);
  md.renderer.rules.image = (tokens, i, options, env, renderer) => {
    const token = tokens[i];
    const alt = escapeHtml(renderer.renderInlineAsText(token?.children ?? [], options, env));
    const missing = token?.meta?.missing;
    if (typeof missing === "string")
      return `<span class="unresolved" title="${escapeHtml(missing)}">${alt || "image"}</span>`;
    const title = token?.attrGet("title");
    const shown = title ? ` title="${escapeHtml(String(title))}"` : "";
    return `<img src="${escapeHtml(String(token?.attrGet("src") ?? ""))}" alt="${alt}"${shown}${token?.meta?.size ?? ""} loading="lazy" decoding="async">`;
  };
}

/** What mdurl gives back as it is: of an address its safe characters and whole percent-encodings. */
const NORMAL = /^(?:[\w\-.~:/?#@!$&'()*+,;=]|%[0-9a-f]{2})*$/i;

function resolveAll(state: StateCore): void {
  const { context } = Rendering.of(state.env);
  for (const block of state.tokens) {
    let open: Token | null = null;
    for (const token of block.children ?? []) {
      if (token.type === "link_open") {
        open = token;
        pointLink(token, resolveLink(String(token.attrGet("href") ?? ""), context));
      } else if (token.type === "link_close" && open) {
        token.tag = open.tag;
        open = null;
      } else if (token.type === "image") pointImage(token, context);
    }
  }
}

function pointLink(token: Token, target: Target): void {
  if (target.kind === "internal" || target.kind === "external") {
    token.attrSet("href", target.url);
    if (target.kind === "external") token.attrSet("rel", EXTERNAL_REL);
    return;
  }
  token.tag = "span";
  token.attrs = null;
  if (target.kind === "missing") {
    token.attrSet("class", "unresolved");
    token.attrSet("title", nothingAt(target.path));
  }
}

function pointImage(token: Token, context: RenderContext): void {
  const target = resolveImage(String(token.attrGet("src") ?? ""), context);
  if (target.kind === "internal" || target.kind === "external") {
    token.attrSet("src", target.url);
    token.meta = { size: sizeAttributes(sizeOf(target)) };
  } else
    token.meta = { missing: target.kind === "missing" ? nothingAt(target.path) : "Not an address that a page shows" };
}

function nothingAt(path: string): string {
  return `There is no file “${path}”`;
}
