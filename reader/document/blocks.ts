/**
 * A document block by block, each with the lines it comes from: the editor shows them one by one (and keeps the ones that
 * did not change), a page shows them all in a row.
 */
import type { Env, Token } from "markdown-it";
import { isCell } from "./cell.ts";
import { dialect } from "./dialect.ts";
import { VOID } from "./raw-html/tags.ts";

export interface Block {
  /** Lines of the source, counted from 0, the second one excluded; null for the notes, which stand in many places. */
  readonly lines: readonly [from: number, to: number] | null;
  /** Well-formed by itself. */
  readonly html: string;
  /** For a code cell: the line behind its closing fence, and the HTML of its result (empty if it has none). */
  readonly cell: { readonly codeTo: number; readonly result: string } | null;
}

/** @param firstLine the line of the source that the tokens' line 0 is */
export function renderBlocks(tokens: readonly Token[], env: Env, firstLine: number): Block[] {
  const blocks: Block[] = [];
  for (const group of topLevel(tokens)) {
    const block = renderBlock(group, env, firstLine);
    const last = blocks.at(-1);
    // What closes raw HTML at the end of a document comes from no line of its own.
    if (last && block.lines === null && group[0]?.nesting === 0)
      blocks[blocks.length - 1] = { ...last, html: last.html + block.html };
    else blocks.push(block);
  }
  return blocks;
}

/** Groups of tokens that make a whole: until markdown's own elements and raw HTML's are closed. */
function topLevel(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let group: Token[] = [];
  let depth = 0;
  let open = 0;
  for (const token of tokens) {
    group.push(token);
    depth += token.nesting;
    // Raw HTML inside of lists and quotes is closed there (raw-html/rules.ts).
    if (depth === 0 && token.type === "html_block") open += openedBy(token.content);
    if (depth > 0 || open > 0) continue;
    groups.push(group);
    group = [];
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** How many elements stay open behind a piece of sanitised HTML. */
function openedBy(html: string): number {
  let open = 0;
  for (const [, slash, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/g)) {
    if (slash) open--;
    else if (!VOID.has(name)) open++;
  }
  return open;
}

function renderBlock(group: readonly Token[], env: Env, firstLine: number): Block {
  const render = (from: number, to?: number) => dialect.renderer.render(group.slice(from, to), dialect.options, env);
  const lines = linesOf(group, firstLine);
  const [first, second] = group;
  const fence = first?.type === "cell_open" ? second : first;
  if (lines === null || !fence?.map || !isCell(fence)) return { lines, html: render(0), cell: null };
  const codeTo = fence.map[1] + firstLine;
  if (fence === first) return { lines, html: render(0), cell: { codeTo, result: "" } };
  const code = render(0, 2);
  const result = render(2, -1);
  return { lines, html: code + result + render(group.length - 1), cell: { codeTo, result } };
}

function linesOf(group: readonly Token[], firstLine: number): [number, number] | null {
  if (group[0]?.type === "footnote_section_open") return null;
  const maps = group.flatMap(({ map, type }) => (map && !type.endsWith("_close") ? [map] : []));
  const first = maps[0];
  if (!first) return null;
  const end = maps.reduce((most, [, to]) => Math.max(most, to), first[1]);
  return [first[0] + firstLine, end + firstLine];
}
