/** The document's cells and blocks at the places that they have by now, as they were rendered last: a moment ago. */
import type { EditorState } from "@codemirror/state";
import { layer } from "../blocks/layer.ts";
import { touching } from "../blocks/placed.ts";
import type { CellMark, Segment } from "../blocks/segment.ts";
import type { Passage } from "./edits.ts";

export interface KnownCell extends CellMark, Passage {
  /** False in a list or a quote. */
  readonly isTop: boolean;
}

/** The cells that begin between two offsets. */
export function knownCells(state: EditorState, from = 0, to = state.doc.length): KnownCell[] {
  return touching(state.field(layer).placement, from, to).flatMap((range) =>
    range.value.segment.cells.flatMap((mark) => {
      const isTop = range.value.segment.kind === "cell";
      const at = range.from + mark.offset;
      if (at < from || at > to) return [];
      return [{ ...mark, from: at, to: isTop ? range.to : Math.min(range.to, at + mark.length), isTop }];
    }),
  );
}

/** The cell whose code or fences hold the offset, or null. */
export function knownCellAt(state: EditorState, offset: number): KnownCell | null {
  for (const range of touching(state.field(layer).placement, offset, offset)) {
    const cell = knownCells(state, range.from, range.to).find(({ from, to }) => from <= offset && offset <= to);
    if (cell) return cell;
  }
  return null;
}

/** What can be moved past: the document's blocks in order, each cell together with its output, which ends at one of `ends`. */
export function blocksOf(
  segments: readonly Pick<Segment, "kind" | "from" | "to">[],
  cells: readonly Passage[],
): Passage[] {
  const blocks: { from: number; to: number }[] = [];
  for (const { kind, from, to } of segments) {
    if (kind === "gap" || kind === "seam" || kind === "notes") continue;
    const last = blocks.at(-1);
    if (last && (kind === "result" || from < last.to)) last.to = Math.max(last.to, to);
    else blocks.push({ from, to });
    const cell = cells.find((cell) => from <= cell.from && cell.from <= to);
    const block = blocks.at(-1);
    if (block && cell && kind === "cell") block.to = Math.max(block.to, cell.to);
  }
  return blocks;
}

export function segmentsIn(state: EditorState): Pick<Segment, "kind" | "from" | "to">[] {
  return touching(state.field(layer).placement, 0, state.doc.length).map(({ from, to, value }) => ({
    kind: value.segment.kind,
    from,
    to,
  }));
}
