/** Asks the editor server to run cells. They run there, whatever becomes of this page: how they get on stands in the document's `runs`. */
import type * as Y from "yjs";
import { offsetOf } from "../../../shared/editor/anchor.ts";
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
export function cellStates(runs: Y.Map<unknown>, text: Y.Text): Map<number, CellState> {
  const states = new Map<number, CellState>();
  for (const run of openRuns(runs)) {
    const at = offsetOf(text, run.anchor.from);
    if (at !== null) states.set(at, run.status === "running" ? "running" : "queued");
  }
  return states;
}

export function askedInputs(runs: Y.Map<unknown>, text: Y.Text): AskedInput[] {
  return openRuns(runs).flatMap(({ execId, session, anchor, input }) => {
    const at = offsetOf(text, anchor.to);
    return input && at !== null ? [{ execId, session, at, ...input }] : [];
  });
}

function openRuns(runs: Y.Map<unknown>): Run[] {
  return [...runs.values()].flatMap((value) => {
    const run = Run.safeParse(value);
    return run.success && isOpen(run.data) ? [run.data] : [];
  });
}

function post(projectId: string, what: string, body: object): Promise<Response> {
  return send("POST", `/api/projects/${projectId}/editor/${what}`, body);
}
