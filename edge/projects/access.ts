/** Who may do what with a project. Another's project and one that does not exist are answered alike. */
import { and, eq } from "drizzle-orm";
import type { Context } from "hono";
import * as z from "zod";
import type { Actor } from "../../shared/daemon/actor.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { type Action, may, type Role } from "../../shared/roles.ts";
import type { Database } from "../database/database.ts";
import { members, projects, users } from "../database/schema.ts";
import type { App } from "../environment.ts";

/**
 * The person as an actor in the project. Throws Fault("not_found") if they have no role in it, Fault("forbidden") if their
 * role does not allow `action`.
 */
export async function access(context: Context<App>, projectId: string, action: Action): Promise<Actor> {
  const { person, database } = context.var;
  const role = z.uuid().safeParse(projectId).success ? await roleIn(database, projectId, person.userId) : null;
  if (role === null) throw new Fault("not_found", "no such project");
  if (!may(role, action)) throw new Fault("forbidden", `your role here is ${role}, which does not allow this`);
  return { ...person, role };
}

export async function roleIn(database: Database, projectId: string, userId: string): Promise<Role | null> {
  const [found] = await database
    .select({ ownerId: projects.ownerId, role: members.role })
    .from(projects)
    .leftJoin(members, and(eq(members.projectId, projects.id), eq(members.userId, userId)))
    .where(and(eq(projects.id, projectId), eq(projects.state, "ready")))
    .limit(1);
  if (!found) return null;
  return found.ownerId === userId ? "owner" : found.role;
}

/** The project of that owner's handle and name, or null. */
export async function findProject(database: Database, handle: string, slug: string): Promise<string | null> {
  const [found] = await database
    .select({ id: projects.id })
    .from(projects)
    .innerJoin(users, eq(users.id, projects.ownerId))
    .where(and(eq(users.handle, handle), eq(projects.slug, slug), eq(projects.state, "ready")))
    .limit(1);
  return found?.id ?? null;
}
