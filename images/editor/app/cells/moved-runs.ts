/** The runs of cells that were cut out and put in elsewhere: what a run is anchored to is gone there, so it gets another anchor. */
import type * as Y from "yjs";
import { type Anchor, anchorOf, passageOf } from "../../../../shared/editor/anchor.ts";
import { Run } from "../../../../shared/editor/run-state.ts";
import type { PlacedRun } from "./runs.ts";

export class MovedRuns {
  readonly #runs: Y.Map<unknown>;
  readonly #text: Y.Text;
  /** All anchors that a run has had: the move may be taken back, and what was deleted then is there again. */
  readonly #anchors = new Map<string, Anchor[]>();

  constructor(runs: Y.Map<unknown>, text: Y.Text, undo: Y.UndoManager) {
    this.#runs = runs;
    this.#text = text;
    undo.on("stack-item-popped", () => this.#findAgain());
  }

  /** @param by how far they were moved */
  follow(moved: readonly PlacedRun[], by: number): void {
    for (const { run, from, to } of moved) {
      const anchor = anchorOf(this.#text, { from: from + by, to: to + by });
      const known = this.#anchors.get(run.execId) ?? [run.anchor];
      this.#anchors.set(run.execId, [...known, anchor]);
      this.#runs.set(run.execId, { ...run, anchor });
    }
  }

  #findAgain(): void {
    for (const [execId, anchors] of this.#anchors) {
      const run = Run.safeParse(this.#runs.get(execId));
      if (!run.success || passageOf(this.#text, run.data.anchor)) continue;
      const anchor = anchors.find((each) => passageOf(this.#text, each));
      if (anchor) this.#runs.set(execId, { ...run.data, anchor });
    }
  }
}
