/** Which tables are grids: those that the cursor comes to. One that is typed as its source stays so until the cursor leaves it. */
import { type EditorState, type Range, StateEffect, StateField, type Transaction } from "@codemirror/state";
import { layer } from "../blocks/layer.ts";
import { type Placed, touching } from "../blocks/placed.ts";
import { parseTable } from "./source.ts";

/** A table is put where the cursor is: it is a grid from the beginning. */
export const enterTable = StateEffect.define<null>();

/** True while the cursor has been in text as it is written. */
export const held = StateField.define<boolean>({
  create: () => false,
  update: (before, change) => holds(before, change),
});

/** Not while more than the table is selected. */
export function isGrid({ from, to, value }: Range<Placed>, isHere: boolean, state: EditorState): boolean {
  const { main, ranges } = state.selection;
  if (!isTable(value)) return false;
  if (isHere && (state.field(held) || ranges.length > 1 || main.from < from || main.to > to)) return false;
  return parseTable(state.sliceDoc(from, to)) !== null;
}

function holds(before: boolean, { startState, selection, docChanged, effects }: Transaction): boolean {
  if (effects.some((effect) => effect.is(enterTable))) return false;
  if (!selection) return before;
  const { placement } = startState.field(layer);
  const tableAt = (at: number) => touching(placement, at, at).find(({ value }) => isTable(value));
  const old = startState.selection.main.head;
  // Typed here, or gone to.
  const table = tableAt(docChanged ? old : selection.main.head);
  if (!table) return true;
  return before && table.from <= old && old <= table.to;
}

const isTable = ({ segment: { kind, html } }: Placed) => kind === "block" && html.startsWith('<div class="table">');
