/** What can be done to the cell at the cursor, or to all of them: names, keys, and what one must be allowed to do. */
import type { Action } from "../../../../shared/roles.ts";

export interface Act {
  readonly name: string;
  readonly keys?: string;
  readonly needs: Action;
}

/** In the order of the menu. */
export const ACTS = {
  advance: { name: "Run this cell and go to the next", keys: "Shift-Enter", needs: "run" },
  run: { name: "Run this cell", keys: "Ctrl-Enter", needs: "run" },
  above: { name: "Run the cells above", needs: "run" },
  below: { name: "Run this cell and those below", needs: "run" },
  runAndInsert: { name: "Run this cell and insert one below", keys: "Alt-Enter", needs: "write" },
  insertAbove: { name: "Insert a cell above", needs: "write" },
  insertBelow: { name: "Insert a cell below", needs: "write" },
  split: { name: "Split the cell at the cursor", keys: "Ctrl-Shift--", needs: "write" },
  moveUp: { name: "Move the cell up", keys: "Alt-ArrowUp", needs: "write" },
  moveDown: { name: "Move the cell down", keys: "Alt-ArrowDown", needs: "write" },
  clear: { name: "Clear this cell's output", needs: "write" },
  clearAll: { name: "Clear all outputs", needs: "write" },
  delete: { name: "Delete the cell and its output", needs: "write" },
  foldCode: { name: "Hide or show the cell's code", keys: "Ctrl-Shift-H", needs: "read" },
  foldOutput: { name: "Hide or show the cell's output", keys: "Alt-Shift-H", needs: "read" },
  showAll: { name: "Show all hidden code and outputs", needs: "read" },
} as const satisfies Record<string, Act>;
export type CellAct = keyof typeof ACTS;

export const CELL_ACTS = Object.keys(ACTS) as CellAct[];
