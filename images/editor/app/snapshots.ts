/** Named states of a project's runtime, as the platform keeps them. */
import { SnapshotList } from "../../../shared/daemon/contract.ts";
import { json, request, send } from "./api.ts";

const at = (projectId: string) => `/api/projects/${projectId}/runtime/snapshots`;

export function listSnapshots(projectId: string): Promise<SnapshotList> {
  return json(SnapshotList, at(projectId));
}

/** Resolves when it is kept. `snapshotId`: the same one asks for the same snapshot, however often it is sent. */
export async function saveSnapshot(projectId: string, name: string, snapshotId: string): Promise<void> {
  await send("POST", at(projectId), { name, snapshotId });
}

/** Resolves when the runtime goes on from there. What it had is gone. */
export async function restoreSnapshot(projectId: string, id: string): Promise<void> {
  await request(`${at(projectId)}/${id}/restore`, { method: "POST" });
}

export async function shareSnapshot(projectId: string, id: string, shared: boolean): Promise<void> {
  await send("POST", `${at(projectId)}/${id}/share`, { shared });
}

export async function deleteSnapshot(projectId: string, id: string): Promise<void> {
  await request(`${at(projectId)}/${id}`, { method: "DELETE" });
}
