/** What the `html`, `css` and `js` cells of a published page show, as a page of its own for the frame in which they stand. */
import { findCells } from "../../shared/document/cells.ts";
import { findPageGroups, pageOf } from "../../shared/document/page-cells.ts";
import { framed } from "../../shared/frame.ts";

/** @param group counted from 0, as written in the frame's address; null for one that the document doesn't have */
export function frameOf(source: string, group: string): string | null {
  const cells = findCells(source);
  const found = /^\d{1,6}$/.test(group) ? findPageGroups(source, cells)[Number(group)] : undefined;
  return found ? framed(pageOf(found, cells, true)) : null;
}
