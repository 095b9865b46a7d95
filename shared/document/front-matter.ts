/** The YAML between `---` lines at the top of a document (formats.md §3). */
import { parse } from "yaml";
import { frontMatterBlock } from "./front-matter-block.ts";

export interface FrontMatter {
  readonly data: Record<string, unknown>;
  /** What is wrong with it, for the author; the data is empty then. */
  readonly problem: string | null;
  /** The document behind it. */
  readonly body: string;
}

/** Splits the front matter off. */
export function splitFrontMatter(source: string): FrontMatter {
  const block = frontMatterBlock(source);
  if (!block) return { data: {}, problem: null, body: source };
  const body = source.slice(block.to);
  try {
    // The limit on aliases bounds what a few lines can expand to ("billion laughs").
    const data: unknown = parse(block.text, { maxAliasCount: 50, logLevel: "error" });
    if (data === null || isMapping(data)) return { data: data ?? {}, problem: null, body };
    return { data: {}, problem: "it is no list of names and values", body };
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
