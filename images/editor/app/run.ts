/** Asks the editor server to run cells. They run there, whatever becomes of this page: how they get on stands in the document's `runs`. */
import type { Which } from "../../../shared/editor/run-lines.ts";
import { send } from "./api.ts";
import type { AskedInput } from "./cells/runs.ts";

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

export async function answerInput(projectId: string, { execId, session }: AskedInput, text: string): Promise<void> {
  await send("POST", `/api/projects/${projectId}/mrp/v1/input`, { session, exec_id: execId, text });
}

function post(projectId: string, what: string, body: object): Promise<Response> {
  return send("POST", `/api/projects/${projectId}/editor/${what}`, body);
}
