/** Which cell a run belongs to, however the text around it changes: two positions in the Y.Text that move with it. */
import * as Y from "yjs";
import { type Cell, findCells } from "../../../../shared/document/cells.ts";
import type { Run } from "../../../../shared/editor/run-state.ts";

export function anchorOf(text: Y.Text, cell: Cell): Run["anchor"] {
  const at = (index: number, side: number) =>
    Buffer.from(Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, side))).toString("base64");
  return { from: at(cell.fence.from, 0), to: at(cell.fence.to, -1) };
}

/** The cell as it stands now, or null if it was deleted: then the positions have nothing between them. */
export function findAnchored(text: Y.Text, anchor: Run["anchor"], generated: string): Cell | null {
  return cellAmong(findCells(text.toString(), generated), text, anchor);
}

/** As findAnchored, among the cells that the text has now. */
export function cellAmong(cells: readonly Cell[], text: Y.Text, anchor: Run["anchor"]): Cell | null {
  const [from, to] = [indexOf(text, anchor.from), indexOf(text, anchor.to)];
  if (from === null || to === null || from >= to) return null;
  return cells.find(({ fence }) => fence.from <= from && from < fence.to) ?? null;
}

function indexOf(text: Y.Text, encoded: string): number | null {
  if (!text.doc) return null;
  const position = Y.decodeRelativePosition(Buffer.from(encoded, "base64"));
  const found = Y.createAbsolutePositionFromRelativePosition(position, text.doc);
  return found?.type === text ? found.index : null;
}
