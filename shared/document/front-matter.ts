/** The YAML block that a document may begin with (formats.md §3). */
import { parse } from "yaml";

export interface FrontMatter {
  /** The mapping, or an empty one where there is none or it is not valid YAML. */
  readonly values: Readonly<Record<string, unknown>>;
  /** UTF-16 offset at which the document's text starts. */
  readonly end: number;
}

const BLOCK = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/;

/** Reads the front matter. Never throws: a broken one is shown by the renderer, it does not keep a document from opening. */
export function readFrontMatter(source: string): FrontMatter {
  const match = BLOCK.exec(source);
  if (!match) return { values: {}, end: 0 };
  try {
    const values: unknown = parse(match[1] ?? "", { maxAliasCount: 20 });
    const isMapping = typeof values === "object" && values !== null && !Array.isArray(values);
    return { values: isMapping ? Object.fromEntries(Object.entries(values)) : {}, end: match[0].length };
  } catch {
    return { values: {}, end: match[0].length };
  }
}

/** `title:` of the front matter, or null. */
export function titleOfFrontMatter({ values }: FrontMatter): string | null {
  return typeof values.title === "string" && values.title.trim() !== "" ? values.title.trim() : null;
}
