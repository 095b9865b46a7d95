/** What can be done to the table that somebody is in, by name, and where they are afterwards. */
import {
  alignColumn,
  type Change,
  canMoveColumn,
  canMoveRow,
  deleteColumn,
  deleteRow,
  insertColumn,
  insertRow,
  moveColumn,
  moveRow,
} from "./edits.ts";
import { type Place, rowsOf, type Side, type Table } from "./source.ts";

export interface TableCommand {
  readonly name: string;
  /** Null where it can't be done. */
  readonly plan: (table: Table, place: Place) => Plan | null;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** In the table that it becomes. */
  readonly place: Place;
}

export const ROW_COMMANDS: readonly TableCommand[] = [
  // The head is the first row, whatever is done.
  { name: "Insert a row above", plan: (table, place) => (place.row > 0 ? rowAt(table, place, place.row) : null) },
  { name: "Insert a row below", plan: (table, place) => rowAt(table, place, place.row + 1) },
  { name: "Move the row up", plan: (table, place) => movedRow(table, place, -1) },
  { name: "Move the row down", plan: (table, place) => movedRow(table, place, 1) },
  {
    name: "Delete the row",
    plan(table, { row, column }) {
      if (row === 0) return null;
      return { changes: deleteRow(table, row), place: { row: Math.min(row, rowsOf(table) - 2), column } };
    },
  },
];

export const COLUMN_COMMANDS: readonly TableCommand[] = [
  { name: "Insert a column on the left", plan: (table, place) => columnAt(table, place, place.column) },
  { name: "Insert a column on the right", plan: (table, place) => columnAt(table, place, place.column + 1) },
  { name: "Move the column left", plan: (table, place) => movedColumn(table, place, -1) },
  { name: "Move the column right", plan: (table, place) => movedColumn(table, place, 1) },
  { name: "Align left", plan: (table, place) => aligned(table, place, "left") },
  { name: "Align in the centre", plan: (table, place) => aligned(table, place, "center") },
  { name: "Align right", plan: (table, place) => aligned(table, place, "right") },
  {
    name: "Delete the column",
    plan(table, { row, column }) {
      if (table.sides.length === 1) return null;
      return { changes: deleteColumn(table, column), place: { row, column: Math.min(column, table.sides.length - 2) } };
    },
  },
];

export function rowAt(table: Table, { column }: Place, row: number): Plan {
  return { changes: insertRow(table, row), place: { row, column } };
}

function movedRow(table: Table, { row, column }: Place, by: -1 | 1): Plan | null {
  return canMoveRow(table, row, by) ? { changes: moveRow(table, row, by), place: { row: row + by, column } } : null;
}

function columnAt(table: Table, { row }: Place, column: number): Plan {
  return { changes: insertColumn(table, column), place: { row, column } };
}

function movedColumn(table: Table, { row, column }: Place, by: -1 | 1): Plan | null {
  if (!canMoveColumn(table, column, by)) return null;
  return { changes: moveColumn(table, column, by), place: { row, column: column + by } };
}

/** Once more takes it back. */
function aligned(table: Table, place: Place, side: Side): Plan {
  const wanted = table.sides[place.column] === side ? null : side;
  return { changes: alignColumn(table, place.column, wanted), place };
}
