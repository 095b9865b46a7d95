/** Which cell a run belongs to, however the text around it changes. */
import type * as Y from "yjs";
import { type Cell, findCells } from "../../../../shared/document/cells.ts";
import { type Anchor, passageOf } from "../../../../shared/editor/anchor.ts";

/** The cell as it stands now, or null if it was deleted: then the positions have nothing between them. */
export function findAnchored(text: Y.Text, anchor: Anchor, generated: string): Cell | null {
  return cellAmong(findCells(text.toString(), generated), text, anchor);
}

/** As findAnchored, among the cells that the text has now. */
export function cellAmong(cells: readonly Cell[], text: Y.Text, anchor: Anchor): Cell | null {
  const passage = passageOf(text, anchor);
  if (!passage) return null;
  return cells.find(({ fence }) => fence.from <= passage.from && passage.from < fence.to) ?? null;
}
