/** Does what is asked of the cell at the cursor. Edits are edits of the shared text, each one step to take back. */
import type { EditorState, StateEffect } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type * as Y from "yjs";
import { type Cell, findCells, kernelLanguage } from "../../../../shared/document/cells.ts";
import { frontMatterBlock } from "../../../../shared/document/front-matter-block.ts";
import type { Which } from "../../../../shared/editor/run-lines.ts";
import { isOpen } from "../../../../shared/editor/run-state.ts";
import { may, type Role } from "../../../../shared/roles.ts";
import { folded, setFold } from "../blocks/folded.ts";
import { ACTS, type CellAct } from "./acts.ts";
import {
  clearOutputs,
  closeCell,
  deleteCell,
  type Edit,
  endOf,
  insertCell,
  type Move,
  moveCell,
  splitCell,
} from "./edits.ts";
import { toggle } from "./folds.ts";
import { blocksOf, type KnownCell, knownCellAt, knownCells, segmentsIn } from "./known.ts";
import { MovedRuns } from "./moved-runs.ts";
import { placedRuns } from "./runs.ts";

export interface CommandsInput {
  readonly view: EditorView;
  readonly role: Role;
  readonly text: Y.Text;
  readonly runs: Y.Map<unknown>;
  readonly undo: Y.UndoManager;
  /** Last segment of the project's folder for generated files. */
  readonly generated: () => string;
  readonly run: (which: Which, cell: number) => void;
  /** Tells the person why something was not done; null takes it back. */
  readonly say: (message: string | null) => void;
}

/** False where the cursor is in no cell that it could be done to. */
export type Perform = (act: CellAct) => boolean;

export function commands({ view, role, text, runs, undo, generated, run, say }: CommandsInput): Perform {
  const moved = new MovedRuns(runs, text, undo);

  function apply({ changes, cursor }: Edit, userEvent: string, effects: StateEffect<unknown>[] = []): void {
    // One step to take back, whatever was typed just before and is typed next.
    undo.stopCapturing();
    view.dispatch({ changes: [...changes], selection: { anchor: cursor }, effects, scrollIntoView: true, userEvent });
    undo.stopCapturing();
  }

  /** What stays where it is keeps the cursor where it is. */
  function clear(source: string, cells: readonly Cell[]): void {
    const changes = clearOutputs(source, cells);
    undo.stopCapturing();
    if (changes.length > 0) view.dispatch({ changes, userEvent: "delete.output" });
    undo.stopCapturing();
  }

  function goBehind(cell: Cell, cells: readonly Cell[]): void {
    const next = cells.find((each) => each.number > cell.number && kernelLanguage(each) !== null);
    if (next) {
      view.dispatch({ selection: { anchor: next.fence.textFrom }, scrollIntoView: true });
      return;
    }
    const end = endOf(cell);
    const isAtEnd = end >= view.state.doc.length;
    const changes = isAtEnd && !view.state.readOnly ? { from: end, insert: "\n" } : [];
    view.dispatch({
      changes,
      selection: { anchor: isAtEnd && view.state.readOnly ? end : end + 1 },
      scrollIntoView: true,
      userEvent: "select",
    });
  }

  /** Null when it is done, else why it is not. */
  function move(source: string, cell: Cell, direction: -1 | 1): string | null {
    const { state } = view;
    const cells = findCells(source, generated());
    const first = frontMatterBlock(source)?.to ?? 0;
    const ends = cells.map((each) => ({ from: each.fence.from, to: endOf(each) }));
    const blocks = blocksOf(segmentsIn(state), ends).filter(({ from }) => from >= first);
    const at = blocks.findIndex(({ from, to }) => from <= cell.fence.from && cell.fence.from < to);
    if (!knownCellAt(state, cell.fence.from)?.isTop) return "A cell in a list or a quote is moved by hand.";
    const isRunning = (from: number, to: number) =>
      state.field(placedRuns).some((placed) => isOpen(placed.run) && from <= placed.from && placed.from < to);
    // What runs must not be cut out: its output would not find it.
    const carried = isRunning(cell.fence.from, endOf(cell)) ? "others" : "cell";
    const cursor = state.selection.main.head;
    const found = moveCell(source, blocks, at, direction, { cursor, carried, generated: generated() });
    if (!found) return "There is no place to move the cell to.";
    if (isRunning(found.carried.from.from, found.carried.from.to))
      return "Both cells run. One of them can be moved when it is done.";
    const runsThere = state.field(placedRuns).filter(({ from }) => isIn(found, from));
    apply(found, "move.cell", foldsCarried(state, found));
    moved.follow(runsThere, found.carried.to - found.carried.from.from);
    return null;
  }

  return perform;

  function perform(act: CellAct): boolean {
    if (!may(role, ACTS[act].needs) || (ACTS[act].needs === "write" && view.state.readOnly)) return false;
    const { state } = view;
    const source = state.doc.toString();
    const cells = findCells(source, generated());
    if (act === "clearAll") {
      clear(source, cells);
      return true;
    }
    if (act === "showAll") {
      view.dispatch({ effects: state.field(folded).map((fold) => setFold.of({ ...fold, isFolded: false })) });
      return true;
    }
    const { head } = state.selection.main;
    const cell = cells.find((each) => each.fence.from <= head && head <= endOf(each));
    if (!cell) return false;
    if (!cell.fence.closed) {
      if (ACTS[act].needs !== "run" || view.state.readOnly) return false;
      view.dispatch({ changes: closeCell(source, cell), userEvent: "input.cell" });
      return perform(act);
    }
    const isRunnable = kernelLanguage(cell) !== null;
    switch (act) {
      case "advance":
      case "run":
      case "above":
      case "below":
      case "runAndInsert": {
        if (!isRunnable) return false;
        if (act === "runAndInsert") apply(insertCell(source, cell, "below"), "input.cell");
        run(act === "above" || act === "below" ? act : "this", cell.number);
        if (act === "advance") goBehind(cell, cells);
        return true;
      }
      case "insertAbove":
      case "insertBelow":
        apply(insertCell(source, cell, act === "insertAbove" ? "above" : "below"), "input.cell");
        return true;
      case "split": {
        const edit = splitCell(source, cell, head);
        if (edit) apply(edit, "input.cell");
        say(edit ? null : "Put the cursor into the cell's code, where it is to be split.");
        return true;
      }
      case "moveUp":
      case "moveDown":
        say(move(source, cell, act === "moveUp" ? -1 : 1));
        return true;
      case "clear":
        clear(source, [cell]);
        return true;
      case "delete":
        apply(deleteCell(source, cell), "delete.cell");
        return true;
      case "foldCode":
      case "foldOutput": {
        const known = knownCellAt(state, cell.fence.from);
        if (!known?.isTop) say("Only cells outside of lists and quotes can be folded.");
        else fold(known, act === "foldCode" ? "code" : "output");
        return true;
      }
    }
  }

  function fold(cell: KnownCell, part: "code" | "output"): void {
    const { head } = view.state.selection.main;
    const isInside = part === "code" ? head <= cell.to : head > cell.to;
    // Where the cursor is, all is shown: it goes to the cell's first line.
    const selection = isInside ? { selection: { anchor: view.state.doc.lineAt(cell.from).to } } : {};
    view.dispatch({ effects: toggle(view.state, cell, part), ...selection });
  }
}

const isIn = ({ carried }: Move, at: number) => carried.from.from <= at && at < carried.from.to;

/** What is folded in what was cut out, as effects on the text in which it stands elsewhere. */
function foldsCarried(state: EditorState, move: Move): StateEffect<unknown>[] {
  const by = move.carried.to - move.carried.from.from;
  return state
    .field(folded)
    .filter(({ at }) => isIn(move, at) && knownCells(state, at, at).length > 0)
    .map(({ at, part }) => setFold.of({ at: at + by, part, isFolded: true }));
}
