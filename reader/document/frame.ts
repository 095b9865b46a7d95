/**
 * HTML that people or their programs wrote, where it stands in the document: `html`, `css` and `js` cells, and the interactive
 * output of a cell. It is shown in a frame without the site's origin, from an address that says so itself; nothing of it is
 * in the page.
 */
import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { findCells } from "../../shared/document/cells.ts";
import { LINK_LABELS } from "../../shared/document/output.ts";
import { findPageGroups } from "../../shared/document/page-cells.ts";
import { escapeHtml } from "../html/html.ts";
import { languageOf } from "./code.ts";
import { Rendering } from "./rendering.ts";

/** No `allow-same-origin`: with the frame's own address that would give it the site's. */
export const SANDBOX = "allow-scripts allow-popups allow-downloads";

export function frames(md: MarkdownIt): void {
  md.core.ruler.push("frames", addFrames);
  md.renderer.rules.frame = (tokens, i) => {
    const { src, title } = tokens[i]?.meta ?? {};
    return `<iframe class="frame" sandbox="${SANDBOX}" loading="lazy" referrerpolicy="no-referrer" title="${escapeHtml(String(title))}" src="${escapeHtml(String(src))}"></iframe>\n`;
  };
}

function addFrames(state: StateCore): void {
  const rendering = Rendering.of(state.env);
  const { context, source } = rendering;
  const frameOf = context.frameOf?.bind(context);
  if (!frameOf) return;
  const groups = state.tokens.some(isOfPage) ? groupsByLine(source) : new Map<number, number>();
  const offset = lineBreaks(source) - lineBreaks(state.src);
  const out: Token[] = [];
  const frame = (src: string, title: string) => {
    if (!rendering.takeFrame()) return;
    const token = new state.Token("frame", "iframe", 0);
    token.meta = { src, title };
    out.push(token);
  };
  for (const [i, token] of state.tokens.entries()) {
    out.push(token);
    const group = isOfPage(token) && token.map ? groups.get(token.map[0] + 1 + offset) : undefined;
    if (group !== undefined) frame(frameOf(group), "Page of the cells above");
    const output = token.type === "paragraph_close" ? interactiveOutput(state.tokens[i - 1]) : null;
    if (output !== null) frame(output, "Interactive output");
  }
  state.tokens = out;
}

function isOfPage({ type, info }: Token): boolean {
  return type === "fence" && /^(?:html|css|javascript|js)$/.test(languageOf(info));
}

/** The number of each page of cells, by the line of the document on which its last cell begins. */
function groupsByLine(source: string): Map<number, number> {
  const cells = findCells(source);
  return new Map(findPageGroups(source, cells).map((group, i) => [group.cells.at(-1)?.line ?? 0, i]));
}

function lineBreaks(text: string): number {
  return text.split("\n").length;
}

/** The address of a generated page that a paragraph of its own links, as the cells of markco write it. */
function interactiveOutput(inline: Token | undefined): string | null {
  const [open, text, close, ...more] = inline?.children ?? [];
  if (open?.type !== "link_open" || open.tag !== "a" || close?.type !== "link_close" || more.length > 0) return null;
  const href = String(open.attrGet("href") ?? "");
  const isOwn = text?.content === LINK_LABELS.interactive && open.attrGet("rel") === null;
  return isOwn && /\/generated\/[0-9a-f]{4,64}\.html(?:\?|$)/.test(href) ? href : null;
}
