/** Asks the editor server to run cells. They run there, whatever becomes of this page: how they get on stands in the document's `runs`. */
import * as Y from "yjs";
import type { Which } from "../../../shared/editor/run-lines.ts";
import { isOpen, Run } from "../../../shared/editor/run-state.ts";
import { send } from "./api.ts";
import type { CellState } from "./cell-gutter.ts";

/** Resolves when the server has taken it; throws ApiError if it is refused. */
export async function startRun(projectId: string, path: string, which: Which, cell: number | null): Promise<void> {
  const response = await post(projectId, "run", { path, which, cell });
  // What it streams is for command lines.
  await response.body?.cancel();
}

/** Ends what runs and takes what waits from the queue: of the cell, or of the whole document. */
export async function interruptRun(projectId: string, path: string, cell: number | null): Promise<void> {
  await post(projectId, "interrupt", { path, cell });
}

/** New processes for the sessions that the document's cells run in. */
export async function restartSessions(projectId: string, path: string): Promise<void> {
  await post(projectId, "restart", { path });
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

export async function answerInput(projectId: string, { execId, session }: AskedInput, text: string): Promise<void> {
  await send("POST", `/api/projects/${projectId}/mrp/v1/input`, { session, exec_id: execId, text });
}

/** States of the cells that wait or run, by the offset of their fence. */
export function cellStates(runs: Y.Map<unknown>): Map<number, CellState> {
  const states = new Map<number, CellState>();
  for (const run of openRuns(runs)) {
    const at = offsetOf(runs, run.anchor.from);
    if (at !== null) states.set(at, run.status === "running" ? "running" : "queued");
  }
  return states;
}

export function askedInputs(runs: Y.Map<unknown>): AskedInput[] {
  return openRuns(runs).flatMap(({ execId, session, anchor, input }) => {
    const at = offsetOf(runs, anchor.to);
    return input && at !== null ? [{ execId, session, at, ...input }] : [];
  });
}

function openRuns(runs: Y.Map<unknown>): Run[] {
  return [...runs.values()].flatMap((value) => {
    const run = Run.safeParse(value);
    return run.success && isOpen(run.data) ? [run.data] : [];
  });
}

/** Where a position of the shared text is now; null if it is nowhere. */
function offsetOf(runs: Y.Map<unknown>, encoded: string): number | null {
  if (!runs.doc) return null;
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    return Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), runs.doc)?.index ?? null;
  } catch {
    // Other people's browsers can write to the map, too.
    return null;
  }
}

function post(projectId: string, what: string, body: object): Promise<Response> {
  return send("POST", `/api/projects/${projectId}/editor/${what}`, body);
}
