/** Keeps the states of cells, and their questions, in step with the runs of the shared document and with the text. */
import type { Extension, StateEffect } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type * as Y from "yjs";
import { isOpen, type Run } from "../../../../shared/editor/run-state.ts";
import { layer } from "../blocks/layer.ts";
import { setInputPrompts } from "./input-prompts.ts";
import { type KnownCell, knownCells } from "./known.ts";
import { type Statuses, setStatuses, statuses } from "./marks.ts";
import { askedInputs, type PlacedRun, placedRuns, readRuns, setRuns } from "./runs.ts";
import { newestOf, statusesOf } from "./status.ts";

/** How long the text rests before its cells are looked at: what is typed waits for nothing. */
const REST_MS = 100;

export interface Watched {
  readonly runs: Y.Map<unknown>;
  readonly text: Y.Text;
  /** Full name of the session that runs the cell; null as long as it is not known. */
  sessionOf(cell: KnownCell): string | null;
}

export function keeper({ runs, text, sessionOf }: Watched): Extension {
  class Keeper {
    readonly #view: EditorView;
    #due = 0;
    #isNew = true;

    constructor(view: EditorView) {
      this.#view = view;
      runs.observe(this.#onRuns);
      this.#onRuns();
    }

    update({ startState, state }: ViewUpdate): void {
      if (startState.field(layer).placement !== state.field(layer).placement && this.#due === 0) this.#later(REST_MS);
    }

    readonly #onRuns = () => {
      this.#isNew = true;
      clearTimeout(this.#due);
      // A moment later: the change of the text that came with it has to be in the editor first.
      this.#later(0);
    };

    #later(ms: number): void {
      this.#due = window.setTimeout(() => this.#keep(), ms);
    }

    #keep(): void {
      const { state } = this.#view;
      this.#due = 0;
      const effects: StateEffect<unknown>[] = [];
      let placed = state.field(placedRuns);
      // Where a cell was deleted and is back, so is its run.
      const read = this.#isNew || placed.length < runs.size ? readRuns(runs, text) : placed;
      if (this.#isNew || read.length !== placed.length) {
        placed = read;
        effects.push(setRuns.of(placed), setInputPrompts.of(askedInputs(placed)));
      }
      this.#isNew = false;
      const now: Statuses = placed.length === 0 ? new Map() : statusesIn(knownCells(state), placed, sessionOf);
      if (JSON.stringify([...now]) !== JSON.stringify([...state.field(statuses)])) effects.push(setStatuses.of(now));
      if (effects.length > 0) this.#view.dispatch({ effects });
    }

    destroy(): void {
      clearTimeout(this.#due);
      runs.unobserve(this.#onRuns);
    }
  }
  return [placedRuns, ViewPlugin.fromClass(Keeper)];
}

function statusesIn(cells: readonly KnownCell[], placed: readonly PlacedRun[], sessionOf: Watched["sessionOf"]) {
  const runs = new Map<KnownCell, Run[]>();
  for (const { run, from } of placed) {
    const cell = cells.findLast((each) => each.from <= from);
    if (cell && from < cell.to) runs.set(cell, [...(runs.get(cell) ?? []), run]);
  }
  const withRuns = cells
    .filter(({ language }) => language !== null)
    .map((cell) => {
      const run = newestOf(runs.get(cell) ?? []);
      return { key: cell.from, digest: cell.digest, session: sessionOf(cell) ?? run?.session ?? "", run };
    });
  const open = placed.flatMap(({ run }) => (isOpen(run) ? [run] : []));
  return statusesOf(withRuns, open);
}
