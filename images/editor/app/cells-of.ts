/** The cells of the editor's text, looked for once a text however many ask. */
import type { Text } from "@codemirror/state";
import { type Cell, findCells } from "../../../shared/document/cells.ts";

const known = new WeakMap<Text, readonly Cell[]>();

export function cellsOf(text: Text): readonly Cell[] {
  let cells = known.get(text);
  if (!cells) {
    cells = findCells(text.toString());
    known.set(text, cells);
  }
  return cells;
}
