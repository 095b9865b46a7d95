/**
 * A table's markdown by rows and cells, with their places in it, split as the reader splits it (GFM; a pipe is a cell's own only
 * behind a backslash, in code, too).
 */

export const SIDES = ["left", "center", "right"] as const;
export type Side = (typeof SIDES)[number];

/** Offsets from the table's start. */
export interface Cell {
  /** All between two pipes. */
  readonly from: number;
  readonly to: number;
  /** What is written there, without the space around it. In an empty cell both are where one writes. */
  readonly start: number;
  readonly end: number;
}

export interface Line {
  readonly from: number;
  /** Behind its last character that is not space. */
  readonly to: number;
  /** As many as are written: what a row lacks is empty, and what it has beyond the table's columns is not shown. */
  readonly cells: readonly Cell[];
  /** Whether it begins and ends with a pipe. */
  readonly opens: boolean;
  readonly closes: boolean;
}

export interface Table {
  readonly source: string;
  readonly head: Line;
  /** The line of dashes. */
  readonly rule: Line;
  readonly body: readonly Line[];
  /** How each column is aligned; as many as there are columns. */
  readonly sides: readonly (Side | null)[];
}

/** A cell of the grid: row 0 is the head. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** @returns null for what is no table, or more than one */
export function parseTable(source: string): Table | null {
  const lines: Line[] = [];
  for (let from = 0; from <= source.length; ) {
    const newline = source.indexOf("\n", from);
    const to = newline === -1 ? source.length : newline;
    const line = parseLine(source, from, to);
    if (!line) return null;
    lines.push(line);
    from = to + 1;
  }
  const [head, rule, ...body] = lines;
  if (!head || !rule || !isRule(source.slice(rule.from, rule.to))) return null;
  const columns = head.cells.length;
  if (columns === 0 || columns !== rule.cells.length) return null;
  if (!source.slice(head.from, head.to).includes("|")) return null;
  return { source, head, rule, body, sides: rule.cells.map((cell) => sideOf(textOf(source, cell))) };
}

export const rowsOf = ({ body }: Table): number => body.length + 1;

/** The line of a row of the grid. */
export function lineOf({ head, body }: Table, row: number): Line {
  const line = row === 0 ? head : body[row - 1];
  if (!line) throw new RangeError(`the table has no row ${row}`);
  return line;
}

/** A cell as it is written; null where its row ends before it. */
export function cellAt(table: Table, { row, column }: Place): Cell | null {
  return lineOf(table, row).cells[column] ?? null;
}

export function textAt(table: Table, place: Place): string {
  const cell = cellAt(table, place);
  return cell ? textOf(table.source, cell) : "";
}

export const textOf = (source: string, { start, end }: Cell): string => source.slice(start, end);

/** The cell at an offset: on the line of dashes the head's, beyond a row's ends its first or last one. */
export function placeAt(table: Table, offset: number): Place {
  const below = table.body.findLastIndex(({ from }) => from <= offset);
  const lines = offset >= table.rule.from && below === -1 ? table.rule : lineOf(table, below + 1);
  const behind = lines.cells.findIndex(({ to }) => offset <= to);
  const column = behind === -1 ? lines.cells.length - 1 : behind;
  return { row: below + 1, column: Math.min(Math.max(0, column), table.sides.length - 1) };
}

/** A text as it can stand in a cell. */
export function escapeCell(text: string): string {
  return text.replace(/\r?\n/g, "<br>").replace(/(?<!\\)\|/g, "\\|");
}

function parseLine(source: string, lineFrom: number, lineTo: number): Line | null {
  const line = source.slice(lineFrom, lineTo);
  const from = lineFrom + line.length - line.trimStart().length;
  const to = lineFrom + line.trimEnd().length;
  if (from >= to) return null;
  const pipes: number[] = [];
  for (let at = from; at < to; at++) if (source[at] === "|" && source[at - 1] !== "\\") pipes.push(at);
  const opens = pipes[0] === from;
  const closes = pipes.at(-1) === to - 1;
  const starts = [...(opens ? [] : [from]), ...pipes.map((pipe) => pipe + 1)];
  const ends = [...pipes.slice(opens ? 1 : 0), ...(closes ? [] : [to])];
  const cells = ends.map((end, i) => cellBetween(source, starts[i] ?? end, end));
  return { from, to, cells, opens, closes };
}

function cellBetween(source: string, from: number, to: number): Cell {
  const text = source.slice(from, to);
  const start = from + text.length - text.trimStart().length;
  const end = from + text.trimEnd().length;
  if (start < end) return { from, to, start, end };
  const inside = from + Math.min(1, to - from);
  return { from, to, start: inside, end: inside };
}

/** As the reader has it: a line of one dash, or a dash and space, begins something else. */
function isRule(line: string): boolean {
  if (line.length < 2 || /^-\s/.test(line)) return false;
  const cells = line.split("|").map((cell) => cell.trim());
  return cells.every((cell, i) => /^:?-+:?$/.test(cell) || (cell === "" && (i === 0 || i === cells.length - 1)));
}

function sideOf(dashes: string): Side | null {
  const [left, right] = [dashes.startsWith(":"), dashes.endsWith(":")];
  if (left && right) return "center";
  if (left) return "left";
  return right ? "right" : null;
}
