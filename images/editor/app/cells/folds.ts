/** Folded cells: their code as one line, and what was folded the last time, which this browser keeps by what the code says. */
import { type EditorState, type Extension, type Range, type StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import * as z from "zod";
import { type Fold, FoldWidget, folded, isFolded, setFold } from "../blocks/folded.ts";
import { layer } from "../blocks/layer.ts";
import { type KnownCell, knownCells } from "./known.ts";

/** Cells of one text are told apart by their order. */
const Kept = z.array(z.object({ digest: z.string(), nth: z.int(), part: z.enum(["code", "output"]) }));
type Kept = z.infer<typeof Kept>;

/** @param key of the document, in the browser's storage */
export function folds(key: string): Extension {
  return [codeFolds, EditorView.atomicRanges.of((view) => view.state.field(codeFolds)), keeping(key)];
}

/** Where the cursor is, code is shown. */
const codeFolds: StateField<DecorationSet> = StateField.define<DecorationSet>({
  create: (state) => decorate(state),
  update(value, { startState, state }) {
    const isSame =
      startState.field(folded) === state.field(folded) &&
      startState.field(layer).placement === state.field(layer).placement &&
      startState.selection === state.selection;
    return isSame || (value.size === 0 && state.field(folded).length === 0) ? value : decorate(state);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(state: EditorState): DecorationSet {
  const { head } = state.selection.main;
  const ranges: Range<Decoration>[] = [];
  for (const fold of state.field(folded)) {
    const cell = fold.part === "code" ? knownCells(state, fold.at, fold.at)[0] : undefined;
    const from = cell ? state.doc.lineAt(cell.from).to : 0;
    if (!cell?.isTop || cell.to <= from || (from < head && head <= cell.to)) continue;
    const lines = state.doc.lineAt(cell.to).number - state.doc.lineAt(cell.from).number - 1;
    ranges.push(Decoration.line({ class: "cell-folded" }).range(state.doc.lineAt(cell.from).from));
    ranges.push(Decoration.replace({ widget: new FoldWidget(fold, lines) }).range(from, cell.to));
  }
  return Decoration.set(ranges, true);
}

export function toggle(state: EditorState, cell: KnownCell, part: Fold["part"]): StateEffect<unknown> {
  return setFold.of({ at: cell.from, part, isFolded: !isFolded(state.field(folded), cell.from, part) });
}

function keeping(key: string): Extension {
  class Keeping {
    /** What was kept is brought back once the cells are known, which they are some time after the document is there. */
    #isBack = false;

    constructor(view: EditorView) {
      this.#bringBack(view);
    }

    update({ view, startState, state }: ViewUpdate): void {
      const isRendered = startState.field(layer).placement !== state.field(layer).placement;
      if (!this.#isBack) {
        if (isRendered) this.#bringBack(view);
        return;
      }
      const now = state.field(folded);
      if (startState.field(folded) === now && !(isRendered && now.length > 0)) return;
      keep(key, namesOf(knownCells(state), now));
    }

    #bringBack(view: EditorView): void {
      const kept = keptAt(key);
      this.#isBack = kept.length === 0 || knownCells(view.state).length > 0;
      if (!this.#isBack || kept.length === 0) return;
      // Not while the view is being updated.
      queueMicrotask(() => {
        const effects = foldsOf(knownCells(view.state), kept).map((fold) => setFold.of({ ...fold, isFolded: true }));
        view.dispatch({ effects });
      });
    }
  }
  return ViewPlugin.fromClass(Keeping);
}

function namesOf(cells: readonly KnownCell[], folds: readonly Fold[]): Kept {
  const seen = new Map<string, number>();
  return cells.flatMap(({ from, digest }) => {
    const nth = seen.get(digest) ?? 0;
    seen.set(digest, nth + 1);
    return folds.filter(({ at }) => at === from).map(({ part }) => ({ digest, nth, part }));
  });
}

function foldsOf(cells: readonly KnownCell[], kept: Kept): Fold[] {
  return kept.flatMap(({ digest, nth, part }) => {
    const cell = cells.filter((each) => each.digest === digest)[nth];
    return cell ? [{ at: cell.from, part }] : [];
  });
}

function keptAt(key: string): Kept {
  try {
    return Kept.parse(JSON.parse(localStorage.getItem(key) ?? "[]"));
  } catch {
    // Somebody else's, or of another time: nothing is folded.
    return [];
  }
}

function keep(key: string, kept: Kept): void {
  try {
    if (kept.length > 0) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing shows all the next time.
  }
}
