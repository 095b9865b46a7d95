/** The code cells of a document, and which text behind each of them is its output (formats.md §3). */
import { LANGUAGES, type Language, parseSessionId } from "../mrp/mrp.ts";
import { type Fence, findFences } from "./fences.ts";

export interface Cell {
  /** Counted from 1, over all cells of the document. */
  readonly number: number;
  /** The line of the opening fence, counted from 1. */
  readonly line: number;
  readonly fence: Fence;
  /** The language by its full name. */
  readonly language: string;
  /** Name of the session that runs it, where the cell names one. */
  readonly session: string | null;
  /** What stands before the fence on its line, as it goes before each line of the output: indentation, and `>` of a quote. */
  readonly prefix: string;
  /** From the end of the closing fence to the end of the output that the cell owns; empty if it owns none. */
  readonly owned: { readonly from: number; readonly to: number };
}

/** Each runnable language with its other names. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  python: ["py"],
  r: [],
  julia: ["jl"],
  bash: ["sh", "shell"],
  javascript: ["js", "node"],
  typescript: ["ts"],
  html: [],
  css: [],
  sql: [],
};
const LANGUAGE_OF = new Map(
  Object.entries(NAMES).flatMap(([name, others]) => [name, ...others].map((alias) => [alias, name] as const)),
);

const OUTPUT = /^output(?::exec-\S*)?$/i;

/**
 * The language in which a kernel runs the cell, or null while there is none. JavaScript is the page's own, unless the cell
 * says `node` or names a session.
 */
export function kernelLanguage(cell: Cell): Language | null {
  if (cell.language === "javascript" && cell.session === null && !/^node\b/i.test(cell.fence.info)) return null;
  return LANGUAGES.find((language) => language === cell.language) ?? null;
}

/** True for a cell that the page itself shows or runs, in a frame (formats.md §3). */
export function isOfPage(cell: Cell): boolean {
  return ["html", "css", "javascript"].includes(cell.language) && kernelLanguage(cell) === null;
}

/**
 * Finds the cells in order. `generated` is the last segment of the folder for generated files: only links into it can be
 * a cell's output.
 */
export function findCells(source: string, generated = "generated"): Cell[] {
  const cells: Cell[] = [];
  const fences = findFences(source);
  const asset = assetLine(generated);
  let line = 1;
  let counted = 0;
  for (const [index, fence] of fences.entries()) {
    const [first = "", second = ""] = fence.info.split(/\s+/);
    const language = LANGUAGE_OF.get(first.toLowerCase());
    if (language === undefined || second === "term") continue;
    for (; counted < fence.from; counted++) if (source.charCodeAt(counted) === 10) line++;
    const session = parseSessionId(`project:${second}`) ? second : null;
    const prefix = prefixOf(source.slice(source.lastIndexOf("\n", fence.from - 1) + 1, fence.from));
    const owned = ownedBy(source, fence, fences[index + 1], prefix, asset);
    cells.push({ number: cells.length + 1, line, fence, language, session, prefix, owned });
  }
  return cells;
}

/** A line that shows or links one generated file: named by its content, perhaps with a caption and a modifier. */
function assetLine(generated: string): RegExp {
  const folder = generated.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const link = `\\((?:[^()\\s]*/)?${folder}/[0-9a-f]{8,64}\\.[a-z0-9]+(?:\\s+"[^"]*")?\\)[<>^_]*`;
  return new RegExp(`^(?:!\\[[^\\]]*\\]|\\[(?:interactive output|table|whole output)\\])${link}$`, "i");
}

function ownedBy(source: string, fence: Fence, next: Fence | undefined, prefix: string, asset: RegExp) {
  const from = endOfLine(source, fence.to);
  let to = from;
  if (!fence.closed) return { from, to };
  // The container's own mark (`>`) stands on blank lines too.
  const mark = prefix.trimEnd();
  const content = (line: string) => (line.startsWith(mark) ? line.slice(mark.length) : line).trim();
  const isBlank = (text: string) => text.split("\n").every((line) => content(line) === "");
  if (next && OUTPUT.test(next.info) && isBlank(source.slice(from, next.from)) && next.closed)
    to = endOfLine(source, next.to);
  for (let start = nextLine(source, to); start !== null; ) {
    const end = endOfLine(source, start);
    const text = content(source.slice(start, end));
    if (asset.test(text)) to = end;
    else if (text !== "") break;
    start = nextLine(source, end);
  }
  return { from, to };
}

/** The markers of list items become spaces: what follows belongs to the item, and is no item of its own. */
function prefixOf(before: string): string {
  return before.replace(/(?:[-*+]|\d{1,9}[.)])(?=[ \t])/g, (marker) => " ".repeat(marker.length));
}

/** Where the line at `at` ends: before its line break, and before the `\r` of a `\r\n`. */
function endOfLine(source: string, at: number): number {
  const newline = source.indexOf("\n", at);
  if (newline === -1) return source.length;
  return source[newline - 1] === "\r" ? newline - 1 : newline;
}

function nextLine(source: string, at: number): number | null {
  const newline = source.indexOf("\n", at);
  return newline === -1 || newline + 1 >= source.length ? null : newline + 1;
}
