/** How each cell stands: from the runs of the document and from its text, as everybody sees it. */
import { isOpen, type Run } from "../../../../shared/editor/run-state.ts";
import { type RanCell, type Staleness, stalenessOf } from "../../../../shared/editor/stale.ts";

interface Ended {
  readonly durationMs: number | null;
  /** Which execution of its session's process it was. */
  readonly count: number | null;
}

export type CellStatus =
  | { readonly kind: "not_run" }
  /** `ahead`: how many runs of this document come before it in its session. */
  | { readonly kind: "queued"; readonly ahead: number }
  /** Sent to the runtime, which may be waking up. */
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly since: number }
  /** It waits for what somebody types. */
  | { readonly kind: "asking" }
  | ({ readonly kind: "done" } & Ended)
  | ({ readonly kind: "stale"; readonly why: Exclude<Staleness, "never" | "unfinished"> } & Ended)
  | ({ readonly kind: "failed"; readonly problem: string | null } & Ended)
  /** Taken from the queue, or ended while it ran. */
  | { readonly kind: "cancelled"; readonly began: boolean };

export const NOT_RUN: CellStatus = { kind: "not_run" };

/** A cell, by any key, with the newest of its runs. */
export interface CellWithRun<K> extends RanCell {
  readonly key: K;
}

/** Cells in the order of the document; all open runs of the document. Who is not in the map has not run. */
export function statusesOf<K>(cells: readonly CellWithRun<K>[], open: readonly Run[]): Map<K, CellStatus> {
  const stale = stalenessOf(cells);
  const statuses = new Map<K, CellStatus>();
  for (const [i, { key, run }] of cells.entries()) if (run) statuses.set(key, statusOf(run, stale[i] ?? null, open));
  return statuses;
}

function statusOf(run: Run, why: Staleness | null, open: readonly Run[]): CellStatus {
  const { durationMs, executionCount: count } = run;
  switch (run.status) {
    case "queued":
      return { kind: "queued", ahead: open.filter((other) => isBefore(other, run)).length };
    case "running":
      if (run.input) return { kind: "asking" };
      return run.startedAt === null ? { kind: "starting" } : { kind: "running", since: run.startedAt };
    case "failed":
      return { kind: "failed", problem: run.problem, durationMs, count };
    case "cancelled":
      return { kind: "cancelled", began: run.startedAt !== null };
    case "completed":
      if (why === null || why === "never" || why === "unfinished") return { kind: "done", durationMs, count };
      return { kind: "stale", why, durationMs, count };
  }
}

const isBefore = (other: Run, run: Run) => other.session === run.session && other.order < run.order;

/** The one run of a cell that says how it stands: what is under way, else the newest. */
export function newestOf(runs: readonly Run[]): Run | null {
  const inOrder = runs.toSorted((a, b) => a.order - b.order);
  return inOrder.find(isOpen) ?? inOrder.at(-1) ?? null;
}

export interface Words {
  readonly text: string;
  /** The same, at length. */
  readonly title: string;
}

const WHY: Readonly<Record<Exclude<Staleness, "never" | "unfinished">, string>> = {
  code: "Its code has changed since it ran",
  above: "Cells above it have changed or run since, or have not run",
  session: "It ran in another session, or before its session began anew",
};

/** @param now milliseconds since the epoch */
export function wordsOf(status: CellStatus, now: number): Words {
  switch (status.kind) {
    case "not_run":
      return { text: "Not run", title: "It has not run in its session" };
    case "queued": {
      const { ahead } = status;
      const title = ahead === 1 ? "One cell runs before it" : `${ahead} cells run before it`;
      return ahead === 0 ? { text: "Queued", title: "It runs next" } : { text: `Queued, ${ahead} before it`, title };
    }
    case "starting":
      return { text: "Starting …", title: "It was sent to the runtime" };
    case "running":
      return { text: `Running ${elapsed(Math.max(0, now - status.since))}`, title: "It runs" };
    case "asking":
      return { text: "Waits for input", title: "It waits for what somebody types below it" };
    case "done":
      return { text: `Done${ended(status)}`, title: `It ran to its end${asExecution(status)}` };
    case "stale":
      return { text: `${status.why === "code" ? "Edited" : "Stale"}${ended(status)}`, title: WHY[status.why] };
    case "failed":
      return {
        text: `Failed${ended(status)}`,
        title: status.problem ?? `It ended with an error${asExecution(status)}`,
      };
    case "cancelled":
      return status.began
        ? { text: "Interrupted", title: "Somebody ended it while it ran" }
        : { text: "Cancelled", title: "It was taken from the queue before it ran" };
  }
}

function ended({ durationMs, count }: Ended): string {
  return (durationMs === null ? "" : ` ${exact(durationMs)}`) + (count === null ? "" : ` [${count}]`);
}

const asExecution = ({ count }: Ended) => (count === null ? "" : `, as execution ${count} of its session`);

function exact(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : elapsed(ms);
}

/** In whole seconds. */
function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
