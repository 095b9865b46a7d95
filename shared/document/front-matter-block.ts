/** Where a document's front matter is. What it says takes a parser of YAML (front-matter.ts), which is three times as large as a first load has room for. */

export interface FrontMatterBlock {
  /** Between the lines of dashes. */
  readonly text: string;
  /** UTF-16 offset behind it: there the document begins. */
  readonly to: number;
}

const BLOCK = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/;
const MAX_CHARS = 64_000;

/** The first line that says something is a key, or the brace of a mapping in one line. */
const MAPPING =
  /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:\{|\?[ \t]|(?:"[^"\n]*"|'[^'\n]*'|[^\s#\-[\]{},*|>'"%@`][^\n]*?)[ \t]*:(?:\s|$))/;
const EMPTY = /^(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*$/;

/** Null where there is none. Two thematic breaks with text between are none. */
export function frontMatterBlock(source: string): FrontMatterBlock | null {
  const block = BLOCK.exec(source);
  const text = block?.[1];
  if (!block || text === undefined || text.length > MAX_CHARS) return null;
  return MAPPING.test(text) || EMPTY.test(text) ? { text, to: block[0].length } : null;
}
