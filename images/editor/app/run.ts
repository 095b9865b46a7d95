/** Asks the editor server to run cells. They run there, whatever becomes of this page: how they get on stands in the document's `runs`. */
import * as Y from "yjs";
import { isOpen, Run } from "../../../shared/editor/run-state.ts";
import { request } from "./api.ts";
import type { CellState } from "./cell-gutter.ts";

/** `cell` null runs all cells. Resolves when the server has taken it; throws ApiError if it is refused. */
export async function startRun(projectId: string, path: string, cell: number | null): Promise<void> {
  const response = await post(projectId, "run", { path, cell });
  // What it streams is for command lines.
  await response.body?.cancel();
}

export async function interruptRun(projectId: string, path: string): Promise<void> {
  await post(projectId, "interrupt", { path });
}

/** States of the cells that wait or run, by the offset of their fence. */
export function cellStates(runs: Y.Map<unknown>): Map<number, CellState> {
  const states = new Map<number, CellState>();
  for (const value of runs.values()) {
    const run = Run.safeParse(value);
    if (!run.success || !isOpen(run.data) || !runs.doc) continue;
    const bytes = Uint8Array.from(atob(run.data.anchor.from), (char) => char.charCodeAt(0));
    const found = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), runs.doc);
    if (found) states.set(found.index, run.data.status === "running" ? "running" : "queued");
  }
  return states;
}

function post(projectId: string, what: string, body: object): Promise<Response> {
  return request(`/api/projects/${projectId}/editor/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
