/**
 * What is done to a table, as changes of its markdown. Each touches what it must and nothing else: others may be writing in the
 * same table, and a table's lines are read in diffs. What somebody is writing in is never taken out and put in again.
 */
import { type Cell, cellAt, type Line, lineOf, type Place, rowsOf, type Side, type Table, textOf } from "./source.ts";

/** In order, and none overlaps another. Offsets from the table's start. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export type Direction = -1 | 1;

/** What has to stand around a cell's text so that it is this cell's, and all else is as before. */
export interface Frame {
  readonly before: string;
  readonly after: string;
}

/** Where a cell's text is written: an empty place at the end of its row where the row ends before it. */
export function placeToWrite(table: Table, place: Place): { readonly from: number; readonly to: number } {
  const cell = cellAt(table, place);
  if (cell) return { from: cell.start, to: cell.end };
  const { to } = lineOf(table, place.row);
  return { from: to, to };
}

/** @param text as escapeCell gives it; it takes the place that placeToWrite tells */
export function frameOf(table: Table, place: Place, text: string): Frame {
  const line = lineOf(table, place.row);
  const cell = line.cells[place.column];
  const isBlank = text.trim() === "";
  if (!cell) {
    if (text === "") return { before: "", after: "" };
    const missing = "  |".repeat(place.column - line.cells.length);
    return { before: `${line.closes ? "" : " |"}${missing} `, after: line.closes || isBlank ? " |" : "" };
  }
  const isFirst = place.column === 0 && !line.opens;
  const isLast = place.column === line.cells.length - 1 && !line.closes;
  const wasEmpty = cell.start === cell.end;
  let before = wasEmpty && !isBlank && cell.start === cell.from ? " " : "";
  // A head has a pipe, be it a cell's own.
  if (isFirst) before = beginsRow(text) && (line !== table.head || line.cells.length > 1) ? "" : "| ";
  let after = "";
  if (isLast) after = isBlank ? " |" : "";
  else if (cell.end === cell.to && ((wasEmpty && !isBlank) || text.endsWith("\\"))) after = " ";
  return { before, after };
}

/** @param text as escapeCell gives it */
export function writeCell(table: Table, place: Place, text: string): Change[] {
  const { before, after } = frameOf(table, place, text);
  return [{ ...placeToWrite(table, place), insert: before + text + after }];
}

/** @param row the one that it will be: at least 1, the head stays */
export function insertRow(table: Table, row: number): Change[] {
  const above = row === 1 ? table.rule : lineOf(table, row - 1);
  const end = endOf(table, above);
  return [{ from: end, to: end, insert: `\n|${"  |".repeat(table.sides.length)}` }];
}

/** @param row not the head */
export function deleteRow(table: Table, row: number): Change[] {
  const above = row === 1 ? table.rule : lineOf(table, row - 1);
  return [{ from: endOf(table, above), to: endOf(table, lineOf(table, row)), insert: "" }];
}

export const canMoveRow = (table: Table, row: number, by: Direction): boolean =>
  row >= 1 && row + by >= 1 && row + by < rowsOf(table);

/** The row beside it goes to its other side. */
export function moveRow(table: Table, row: number, by: Direction): Change[] {
  const [own, other] = [lineOf(table, row), lineOf(table, row + by)];
  const [start, end] = [startOf(table, own), endOf(table, own)];
  const [otherStart, otherEnd] = [startOf(table, other), endOf(table, other)];
  const text = table.source.slice(otherStart, otherEnd);
  if (by > 0) {
    return [
      { from: start, to: start, insert: `${text}\n` },
      { from: end, to: otherEnd, insert: "" },
    ];
  }
  return [
    { from: otherStart, to: start, insert: "" },
    { from: end, to: end, insert: `\n${text}` },
  ];
}

/** @param column the one that it will be */
export function insertColumn(table: Table, column: number): Change[] {
  return eachLine(table, (line) => insertCell(table, line, column));
}

/** @param column not the only one */
export function deleteColumn(table: Table, column: number): Change[] {
  return eachLine(table, (line) => deleteCell(table, line, column));
}

export const canMoveColumn = ({ sides }: Table, column: number, by: Direction): boolean =>
  column + by >= 0 && column + by < sides.length;

/** The column beside it goes to its other side. */
export function moveColumn(table: Table, column: number, by: Direction): Change[] {
  return eachLine(table, (line) => swapCells(table, line, by > 0 ? column : column - 1, by));
}

export function alignColumn(table: Table, column: number, side: Side | null): Change[] {
  const cell = table.rule.cells[column];
  if (!cell) throw new RangeError(`the table has no column ${column}`);
  if (table.sides[column] === side) return [];
  const dashes = textOf(table.source, cell);
  const [left, right] = [dashes.startsWith(":"), dashes.endsWith(":")];
  const [wantsLeft, wantsRight] = [side === "left" || side === "center", side === "right" || side === "center"];
  const changes: Change[] = [];
  if (left !== wantsLeft) changes.push({ from: cell.start, to: cell.start + (left ? 1 : 0), insert: left ? "" : ":" });
  // One dash alone would begin a list.
  const isShort = side === null && dashes.replaceAll(":", "").length < 2;
  const end = right ? cell.end - 1 : cell.end;
  const insert = (isShort ? "-" : "") + (wantsRight && !right ? ":" : "");
  const to = right && !wantsRight ? cell.end : end;
  if (insert !== "" || to > end) changes.push({ from: end, to, insert });
  return changes;
}

/** A row that begins with no pipe must not begin something else, such as a list. */
const beginsRow = (text: string) => /^(?:\p{L}|\d+(?![\d.)]))/u.test(text);
const beginsRule = (text: string) => text.length > 1;

function eachLine(table: Table, change: (line: Line) => readonly Change[]): Change[] {
  return [table.head, table.rule, ...table.body].flatMap(change);
}

function insertCell(table: Table, line: Line, column: number): Change[] {
  const inner = line === table.rule ? " --- |" : "  |";
  const cell = line.cells[column];
  if (cell && column === 0 && !line.opens) {
    return [{ from: cell.from, to: cell.from, insert: line === table.rule ? "--- | " : "|  | " }];
  }
  if (cell) return [{ from: cell.from, to: cell.from, insert: inner }];
  // A row that ends before it has none there, as before.
  if (line.cells.length < table.sides.length) return [];
  if (line.closes) return [{ from: line.to, to: line.to, insert: inner }];
  return [{ from: line.to, to: line.to, insert: line === table.rule ? " | ---" : " |  |" }];
}

function deleteCell(table: Table, line: Line, column: number): Change[] {
  const { cells, opens, closes } = line;
  const cell = cells[column];
  if (!cell) return [];
  const before = cells[column - 1];
  const behind = cells[column + 1];
  // Without its pipe the last row of letters would be a paragraph, and the line of dashes a heading's.
  const isBare = !opens && !closes && cells.length === 2;
  const mustOpen = (first: Cell) =>
    !opens && ((line === table.head && isBare) || !beginsLine(table, line, textOf(table.source, first)));
  if (behind) {
    if (column > 0 || opens) return [{ from: cell.from, to: behind.from, insert: "" }];
    return [{ from: cell.from, to: behind.start, insert: mustOpen(behind) ? "| " : "" }];
  }
  if (!before) return [{ from: cell.start, to: cell.end, insert: opens ? "" : "|" }];
  const opening = isBare && mustOpen(before) ? [{ from: before.from, to: before.from, insert: "| " }] : [];
  // The pipe before it closes the row now, where an empty cell would be lost at its end.
  if (!closes && before.start === before.end) return [...opening, { from: cell.start, to: cell.end, insert: "" }];
  return [...opening, { from: closes ? before.to : before.end, to: cell.to, insert: "" }];
}

/** @param by the direction of the cell that stays as it is: 1 is the one at `column`, -1 the one behind it */
function swapCells(table: Table, line: Line, column: number, by: Direction): Change[] {
  const { source } = table;
  const [left, right] = [line.cells[column], line.cells[column + 1]];
  if (!left) return [];
  if (!right) return insertCell(table, line, column);
  const isFirst = column === 0 && !line.opens;
  const isLast = column + 1 === line.cells.length - 1 && !line.closes;
  const [leftText, rightText] = [textOf(source, left), textOf(source, right)];
  const opening = isFirst && !beginsLine(table, line, rightText) ? "| " : "";
  const closing = isLast && leftText === "" ? " |" : "";
  if (by > 0) {
    let moved = `${source.slice(right.from, right.to)}|`;
    if (isFirst) moved = `${opening}${rightText} | `;
    else if (isLast) moved = ` ${rightText} |`;
    return [
      { from: left.from, to: left.from, insert: moved },
      { from: isLast ? left.end : left.to, to: right.to, insert: closing },
    ];
  }
  let moved = `|${source.slice(left.from, left.to)}`;
  if (isLast) moved = ` | ${leftText}${closing}`;
  else if (isFirst) moved = `| ${leftText} `;
  return [
    { from: left.from, to: isFirst ? right.start : right.from, insert: opening },
    { from: isLast ? right.end : right.to, to: right.to, insert: moved },
  ];
}

function beginsLine(table: Table, line: Line, text: string): boolean {
  return line === table.rule ? beginsRule(text) : beginsRow(text);
}

/** A line's own ends, with the space before and behind its cells. */
function startOf({ source }: Table, { from }: Line): number {
  return source.lastIndexOf("\n", from) + 1;
}

function endOf({ source }: Table, { to }: Line): number {
  const newline = source.indexOf("\n", to);
  return newline === -1 ? source.length : newline;
}
