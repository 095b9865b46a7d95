/** Files of a project, as the platform makes, copies, deletes and restores them. */
import { Deleted, Moved, type MoveRequest, Placed, Trash } from "../../../../shared/editor/files.ts";
import { json, send } from "../api.ts";

const at = (projectId: string, what: string) => `/api/projects/${projectId}/editor/${what}`;

async function post(projectId: string, what: string, body: object): Promise<unknown> {
  return (await send("POST", at(projectId, what), body)).json();
}

/** Resolves with the new file's path. */
export async function createFile(projectId: string, path: string): Promise<string> {
  return Placed.parse(await post(projectId, "create", { path })).path;
}

/** Resolves with the copy's path. */
export async function duplicateFile(projectId: string, path: string): Promise<string> {
  return Placed.parse(await post(projectId, "duplicate", { path })).path;
}

export async function deleteFile(projectId: string, path: string): Promise<Deleted> {
  return Deleted.parse(await post(projectId, "delete", { path }));
}

/** Resolves with the path that it has again. */
export async function restoreFile(projectId: string, id: string): Promise<string> {
  return Placed.parse(await post(projectId, "restore", { id })).path;
}

/** To another place or another name. */
export async function moveFile(projectId: string, wanted: MoveRequest): Promise<Moved> {
  return Moved.parse(await post(projectId, "move", wanted));
}

/** @param id what moveFile resolved with */
export async function undoMove(projectId: string, id: string): Promise<Moved> {
  return Moved.parse(await post(projectId, "undo-move", { id }));
}

export async function listTrash(projectId: string): Promise<Deleted[]> {
  return (await json(Trash, at(projectId, "trash"))).deleted;
}
