/** The YAML between `---` lines at the top of a document (formats.md §3). */
import { parse } from "yaml";

export interface FrontMatter {
  readonly data: Record<string, unknown>;
  /** What is wrong with it, for the author; the data is empty then. */
  readonly problem: string | null;
  /** The document behind it. */
  readonly body: string;
}

const BLOCK = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\r?\n|$)/;
const MAX_CHARS = 64_000;

/** Splits the front matter off. A block that is no mapping (two thematic breaks with text between) stays in the body. */
export function splitFrontMatter(source: string): FrontMatter {
  const block = BLOCK.exec(source);
  const text = block?.[1];
  if (!block || text === undefined || text.length > MAX_CHARS) return { data: {}, problem: null, body: source };
  const body = source.slice(block[0].length);
  try {
    // The limit on aliases bounds what a few lines can expand to ("billion laughs").
    const data: unknown = parse(text, { maxAliasCount: 50, logLevel: "error" });
    if (isMapping(data)) return { data, problem: null, body };
    return data === null ? { data: {}, problem: null, body } : { data: {}, problem: null, body: source };
  } catch (error) {
    return { data: {}, problem: problemOf(error), body };
  }
}

function problemOf(error: unknown): string {
  const text = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  // Thousands of brackets: the parser catches the overflow and gives it a place.
  return /call stack/.test(text) ? "it is nested too deep" : text;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `title:` of the front matter, or null. */
export function titleOf({ data }: FrontMatter): string | null {
  return typeof data.title === "string" && data.title.trim() !== "" ? data.title.trim() : null;
}
