/** Which cells' outputs may not be what the document as it stands would give, and why. */
import type { Run } from "./run-state.ts";

export interface RanCell {
  /** Of the code that it has now. */
  readonly digest: string;
  /** Full name of the session that would run it. */
  readonly session: string;
  /** Its last run, or null. */
  readonly run: Run | null;
}

/**
 * Why a cell is stale: it never ran; it ran in another session, or in an earlier process of its own; it has not completed; its
 * code is not what ran; or a cell above it in its session is stale or ran after it.
 */
export type Staleness = "never" | "session" | "unfinished" | "code" | "above";

/** For each of the cells, in the order of the document, why it is stale; null if it is not. */
export function stalenessOf(cells: readonly RanCell[]): (Staleness | null)[] {
  const sessions = new Map<string, { isStale: boolean; newest: number }>();
  const process = newestProcess(cells);
  return cells.map((cell) => {
    const { session, run } = cell;
    const above = sessions.get(session) ?? { isStale: false, newest: 0 };
    sessions.set(session, above);
    const why = ownStaleness(cell, process.get(session) ?? 0);
    const isBelow = above.isStale || (run !== null && run.order < above.newest);
    above.isStale ||= why !== null || isBelow;
    above.newest = Math.max(above.newest, run?.order ?? 0);
    return why ?? (isBelow ? "above" : null);
  });
}

/** @param process order of the first run of the session's present process */
function ownStaleness({ digest, session, run }: RanCell, process: number): Staleness | null {
  if (!run) return "never";
  if (run.session !== session || run.order < process) return "session";
  if (run.status !== "completed") return "unfinished";
  return run.digest === digest ? null : "code";
}

/** By session, the order from which on all runs are of one process: within one, executions are counted up. */
function newestProcess(cells: readonly RanCell[]): Map<string, number> {
  const starts = new Map<string, number>();
  const counts = new Map<string, number>();
  const runs = cells.flatMap(({ run }) => (run && run.executionCount !== null ? [run] : []));
  for (const { session, order, executionCount } of runs.sort((a, b) => a.order - b.order)) {
    const before = counts.get(session) ?? 0;
    const count = executionCount ?? 0;
    if (count <= before) starts.set(session, order);
    counts.set(session, count);
  }
  return starts;
}

/** Tells whether code has changed; nobody gains anything by two codes of one digest (cyrb53, 53 bits). */
export function digestOf(code: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < code.length; i++) {
    const unit = code.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
