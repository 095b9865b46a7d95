/** A new table, at the cursor. */
import type { EditorState, TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { layer } from "../blocks/layer.ts";
import { touching } from "../blocks/placed.ts";
import { enterTable } from "./held.ts";

const TABLE = "|  |  |\n| --- | --- |\n|  |  |";
/** Where its first cell is written. */
const FIRST_CELL = 2;

/** Puts a table of two rows and two columns on the blank line with the cursor, or behind the block that it is in. */
export function insertTable(view: EditorView): void {
  if (view.state.readOnly) return;
  view.dispatch(newTable(view.state));
  view.focus();
}

export function newTable(state: EditorState): TransactionSpec {
  const { doc } = state;
  const { head } = state.selection.main;
  const here = doc.lineAt(head);
  const isBlank = here.text.trim() === "";
  const last = isBlank ? here : doc.lineAt(blockEnd(state, head));
  const isWritten = (number: number) => number >= 1 && number <= doc.lines && doc.line(number).text.trim() !== "";
  let before = isBlank ? "" : "\n\n";
  if (isBlank && isWritten(here.number - 1)) before = "\n";
  // A line right below would be one of its rows.
  const behind = last.number === doc.lines || isWritten(last.number + 1) ? "\n" : "";
  const from = isBlank ? here.from : last.to;
  return {
    changes: { from, to: last.to, insert: before + TABLE + behind },
    selection: { anchor: from + before.length + FIRST_CELL },
    effects: enterTable.of(null),
    scrollIntoView: true,
    userEvent: "input",
  };
}

/** Of what is a whole to the reader: a paragraph, a list, a cell with its result. */
function blockEnd(state: EditorState, at: number): number {
  const known = state.field(layer, false);
  if (!known) return at;
  const ends = (from: number, to: number, kinds: readonly string[]) =>
    touching(known.placement, from, to).flatMap(({ to, value }) => (kinds.includes(value.segment.kind) ? [to] : []));
  const end = Math.max(at, ...ends(at, at, ["block", "result", "cell", "plain"]));
  return Math.max(end, ...ends(end, Math.min(end + 1, state.doc.length), ["result"]));
}
