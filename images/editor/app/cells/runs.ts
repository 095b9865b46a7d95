/** The runs of the open document, each at the place of its cell. */
import { StateEffect, StateField } from "@codemirror/state";
import type * as Y from "yjs";
import { passageOf } from "../../../../shared/editor/anchor.ts";
import { isOpen, Run } from "../../../../shared/editor/run-state.ts";
import type { Passage } from "./edits.ts";

export interface PlacedRun extends Passage {
  readonly run: Run;
}

export const setRuns = StateEffect.define<readonly PlacedRun[]>();

export const placedRuns = StateField.define<readonly PlacedRun[]>({
  create: () => [],
  update(value, { effects, docChanged, changes }) {
    for (const effect of effects) if (effect.is(setRuns)) return effect.value;
    if (!docChanged || value.length === 0) return value;
    return value
      .map(({ run, from, to }) => ({ run, from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) }))
      .filter(({ from, to }) => from < to);
  },
});

/** As they stand in the shared document; those of deleted cells are nowhere. What makes no sense is no run. */
export function readRuns(runs: Y.Map<unknown>, text: Y.Text): PlacedRun[] {
  return [...runs.values()].flatMap((value) => {
    const run = Run.safeParse(value);
    const place = run.success ? passageOf(text, run.data.anchor) : null;
    return run.success && place ? [{ run: run.data, ...place }] : [];
  });
}

/** What a running cell waits for a person to type. */
export interface AskedInput {
  readonly execId: string;
  readonly session: string;
  readonly prompt: string;
  readonly password: boolean;
  /** Offset behind the cell that asks. */
  readonly at: number;
}

export function askedInputs(runs: readonly PlacedRun[]): AskedInput[] {
  return runs.flatMap(({ run, to }) => {
    const { execId, session, input } = run;
    return input && isOpen(run) ? [{ execId, session, at: to, ...input }] : [];
  });
}
