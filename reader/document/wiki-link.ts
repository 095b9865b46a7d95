/** `[[page]]`, `[[page#heading|label]]` and `[[#heading]]`. */
import type { MarkdownIt, StateInline } from "markdown-it";
import { escapeHtml } from "../html/html.ts";
import type { RenderContext } from "./render.ts";
import { Rendering } from "./rendering.ts";
import { slugOf } from "./slug.ts";

const WIKI_LINK = /\[\[([^[\]|\n]{1,300})(?:\|([^[\]\n]{1,300}))?\]\](?![([])/y;

export function wikiLinks(md: MarkdownIt): void {
  md.inline.ruler.before("link", "wiki_link", wikiLink);
  md.renderer.rules.wiki_link = (tokens, i) => {
    const token = tokens[i];
    const href = token?.meta?.href;
    const label = escapeHtml(token?.content ?? "");
    if (typeof href === "string") return `<a href="${escapeHtml(href)}">${label}</a>`;
    return `<span class="unresolved" title="${escapeHtml(`There is no page “${token?.meta?.target}”`)}">${label}</span>`;
  };
}

function wikiLink(state: StateInline, silent: boolean): boolean {
  if (state.linkLevel > 0 || !state.src.startsWith("[[", state.pos)) return false;
  WIKI_LINK.lastIndex = state.pos;
  const match = WIKI_LINK.exec(state.src);
  const written = match?.[1]?.trim();
  if (!match || !written || written.startsWith("^") || WIKI_LINK.lastIndex > state.posMax) return false;
  if (isReference(state, match[1] ?? "")) return false;
  if (!silent) {
    const link = resolve(written, Rendering.of(state.env).context);
    const token = state.push("wiki_link", "", 0);
    token.content = match[2]?.trim() || link.label;
    token.meta = { href: link.href, target: written };
  }
  state.pos += match[0].length;
  return true;
}

/** `[[text]]` with `[text]: …` somewhere: a link of CommonMark in brackets. */
function isReference({ env, md }: StateInline, label: string): boolean {
  const references: unknown = env.references;
  return typeof references === "object" && references !== null && md.utils.normalizeReference(label) in references;
}

function resolve(written: string, context: RenderContext): { href: string | null; label: string } {
  const hash = written.indexOf("#");
  const target = (hash === -1 ? written : written.slice(0, hash)).trim();
  const heading = hash === -1 ? "" : written.slice(hash + 1).trim();
  const fragment = heading === "" ? "" : `#${slugOf(heading)}`;
  if (target === "") return { href: fragment || null, label: heading || written };
  const page = context.resolvePage(target, "wiki");
  if (!page) return { href: null, label: written };
  return { href: page.href + fragment, label: heading === "" ? page.title : `${page.title} › ${heading}` };
}
