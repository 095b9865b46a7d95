/** A role that changes acts at once: the base server closes what the person has open, and they come back with what they may do now. */
import { and, eq, sql } from "drizzle-orm";
import { type AccessChange, DAEMON } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Database } from "../database/database.ts";
import { members, projects } from "../database/schema.ts";
import type { Settings } from "../environment.ts";
import { askDaemonJson } from "../tunnel/daemon.ts";

/** Throws Fault("unavailable") if the base server does not answer: then it is to be told again. */
export async function tellAccess(
  settings: Settings,
  database: Database,
  projectId: string,
  userId: string,
): Promise<void> {
  // One statement: the time says which of two readings saw more.
  const [found] = await database
    .select({
      ownerId: projects.ownerId,
      role: members.role,
      readMs: sql`extract(epoch from statement_timestamp()) * 1000`.mapWith(Number),
    })
    .from(projects)
    .leftJoin(members, and(eq(members.projectId, projects.id), eq(members.userId, userId)))
    .where(eq(projects.id, projectId));
  if (!found) return;
  const change: AccessChange = {
    userId,
    role: found.ownerId === userId ? "owner" : found.role,
    readMs: found.readMs,
  };
  await askDaemonJson(settings, {
    method: "POST",
    target: DAEMON.access(projectId),
    // In nobody's name: who leaves a project would cut off this request, too.
    actor: null,
    body: new Uint8Array(new TextEncoder().encode(JSON.stringify(change))),
  });
}

/** As tellAccess where it is no matter if the base server is away: for who has come in, or has left of their own will. */
export async function tellIfReachable(...told: Parameters<typeof tellAccess>): Promise<void> {
  await tellAccess(...told).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
  });
}
