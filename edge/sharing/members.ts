/** The people of a project: who they are, what each may do, and how that ends. */
import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { GivenRole } from "../../shared/roles.ts";
import type { Member } from "../../shared/sharing.ts";
import type { Database } from "../database/database.ts";
import { members, projects, removals, users } from "../database/schema.ts";
import { endInvitesOf } from "./invites.ts";

/** The owner first, then by what they may do. */
export async function membersOf(database: Database, projectId: string): Promise<Member[]> {
  const person = { userId: users.id, handle: users.handle, name: users.name };
  const [owners, others] = await database.batch([
    database
      .select(person)
      .from(projects)
      .innerJoin(users, eq(users.id, projects.ownerId))
      .where(eq(projects.id, projectId)),
    database
      .select({ ...person, role: members.role })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(eq(members.projectId, projectId))
      .orderBy(desc(members.role), asc(users.handle)),
  ]);
  return [...owners.map((owner) => ({ ...owner, role: "owner" as const })), ...others];
}

/** Lets people in who were asked by name, also those who were removed before. Who is in already keeps their role. */
export async function addMembers(
  database: Database,
  projectId: string,
  userIds: readonly string[],
  role: GivenRole,
): Promise<void> {
  for (const userId of userIds) {
    await database.batch([
      database.insert(members).values({ projectId, userId, role }).onConflictDoNothing(),
      database.delete(removals).where(and(eq(removals.projectId, projectId), eq(removals.userId, userId))),
    ]);
  }
}

/** False if the person is no member. The owner is none: their role can't be changed. */
export async function changeRole(
  database: Database,
  projectId: string,
  userId: string,
  role: GivenRole,
): Promise<boolean> {
  const [changed] = await database.batch([
    database.update(members).set({ role }).where(isMember(projectId, userId)).returning({ userId: members.userId }),
    endInvitesOf(database, projectId, userId),
  ]);
  return changed.length > 0;
}

/** Links that were made before this don't let the person back in. */
export async function removeMember(database: Database, projectId: string, userId: string): Promise<void> {
  const removed = sql`now()`;
  await database.batch([
    database.delete(members).where(isMember(projectId, userId)),
    database
      .insert(removals)
      .values({ projectId, userId, removed })
      .onConflictDoUpdate({ target: [removals.projectId, removals.userId], set: { removed } }),
    endInvitesOf(database, projectId, userId),
  ]);
}

/** The person's own wish: they may come back by any link. */
export async function leave(database: Database, projectId: string, userId: string): Promise<void> {
  await database.batch([
    database.delete(members).where(isMember(projectId, userId)),
    endInvitesOf(database, projectId, userId),
  ]);
}

const isMember = (projectId: string, userId: string) =>
  and(eq(members.projectId, projectId), eq(members.userId, userId));
