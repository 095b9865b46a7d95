/** Tables in tests: as grids of texts, as the editor and the reader have them, and made at random. */
import { dialect } from "../../../../reader/document/dialect.ts";
import { Rendering } from "../../../../reader/document/rendering.ts";
import type { Change } from "./edits.ts";
import { parseTable, rowsOf, type Table, textAt } from "./source.ts";

export function tableOf(source: string): Table {
  const table = parseTable(source);
  if (!table) throw new Error(`this is no table:\n${source}`);
  return table;
}

export function gridOf(source: string): string[][] {
  const table = tableOf(source);
  return Array.from({ length: rowsOf(table) }, (_, row) =>
    table.sides.map((_side, column) => textAt(table, { row, column })),
  );
}

/** What the reader takes for the cells' markdown; null if to it the source is not one table and nothing else. */
export function gridOfReader(source: string): string[][] | null {
  const context = { resolvePage: () => null, resolveAsset: () => null };
  const tokens = dialect.parse(source, new Rendering(context, source).env);
  if (tokens[0]?.type !== "table_open" || tokens.at(-1)?.type !== "table_close") return null;
  const rows: string[][] = [];
  for (const { type, content } of tokens) {
    if (type === "table_close" && rows.length === 0) return null;
    if (type === "tr_open") rows.push([]);
    if (type === "inline") rows.at(-1)?.push(content);
  }
  return tokens.filter(({ type }) => type === "table_open").length === 1 ? rows : null;
}

export function apply(source: string, changes: readonly Change[]): string {
  let text = "";
  let at = 0;
  for (const { from, to, insert } of changes) {
    if (from < at || to < from) throw new RangeError("changes come in order");
    text += source.slice(at, from) + insert;
    at = to;
  }
  return text + source.slice(at);
}

export type Random = () => number;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const below = (next: Random, most: number) => Math.floor(next() * most);
const oneOf = <T>(next: Random, choices: readonly T[]): T => choices[below(next, choices.length)] as T;

const TEXTS = [
  "",
  "",
  "a",
  "bb",
  "1",
  "1.",
  "- x",
  "# h",
  "> q",
  "=",
  "---",
  "東京",
  "\\|",
  "`x\\|y`",
  "a\\",
  "*b*",
  "<br>",
  "\\\\",
  ":-",
  "~~~",
];

export const randomText = (next: Random) => oneOf(next, TEXTS);

/** Not always one that the reader takes for a table. */
export function randomTable(next: Random): string {
  const columns = 1 + below(next, 4);
  const line = (count: number, text: () => string) => {
    const cells = Array.from({ length: count }, () => {
      const written = text();
      const pad = () => " ".repeat(below(next, 3));
      // A backslash before a pipe would make it the cell's own.
      return pad() + written + (written.endsWith("\\") ? " " : pad());
    }).join("|");
    return " ".repeat(next() < 0.2 ? 2 : 0) + (next() < 0.6 ? "|" : "") + cells + (next() < 0.6 ? "|" : "");
  };
  const rule = () => oneOf(next, ["-", "--", "---", ":-", ":--:", "-:"]);
  const body = Array.from({ length: below(next, 4) }, () =>
    line(next() < 0.7 ? columns : 1 + below(next, columns + 1), () => randomText(next)),
  );
  return [line(columns, () => randomText(next)), line(columns, rule), ...body].join("\n");
}
