/** Projects and members, put into the database as imports and invitations leave them. */
import { randomUUID } from "node:crypto";
import type { Role } from "../../shared/roles.ts";
import type { Edge } from "./edge.ts";

/** @param owner handle of somebody who has signed in. Returns the project's id. */
export async function makeProject(edge: Edge, owner: string, slug: string): Promise<string> {
  const projectId = randomUUID();
  await edge.postgres.pool.query(
    "insert into projects (id, owner_id, slug, state) select $1, id, $3, 'ready' from users where handle = $2",
    [projectId, owner, slug],
  );
  return projectId;
}

export async function addMember(edge: Edge, projectId: string, handle: string, role: Role): Promise<void> {
  await edge.postgres.pool.query(
    "insert into members (project_id, user_id, role) select $1, id, $3 from users where handle = $2",
    [projectId, handle, role],
  );
}
