/** Which cell of a table somebody points at, and where in its markdown: in the table as it is rendered, and in the grid. */
import { EditorView } from "@codemirror/view";
import { placeOf } from "../blocks/place-of.ts";
import { placeToWrite } from "./edits.ts";
import { type Place, parseTable, rowsOf } from "./source.ts";

export interface Pointed {
  readonly place: Place;
  /** From the table's start. */
  readonly offset: number;
}

/** Null for what is none of its cells. */
export function pointedAt(
  block: Element,
  { target, clientX: x, clientY: y }: MouseEvent,
  source: string,
): Pointed | null {
  const cell = target instanceof Element ? target.closest<HTMLTableCellElement>("td, th") : null;
  const row = cell?.closest("tr");
  const table = parseTable(source);
  if (!cell || !row || !table || !block.contains(cell)) return null;
  const place = { row: row.rowIndex, column: cell.cellIndex };
  if (place.row >= rowsOf(table) || place.column >= table.sides.length) return null;
  const { from, to } = placeToWrite(table, place);
  const editor = cell.querySelector<HTMLElement>(".cm-editor");
  const inEditor = editor && EditorView.findFromDOM(editor)?.posAtCoords({ x, y }, false);
  if (typeof inEditor === "number") return { place, offset: from + inEditor };
  const caret = document.caretPositionFromPoint?.(x, y);
  if (!caret || !cell.contains(caret.offsetNode)) return { place, offset: to };
  return { place, offset: from + placeOf(cell, caret.offsetNode, caret.offset, source.slice(from, to)) };
}
