/**
 * What lets a person's browser in at an app's origin, where their session's cookie is not: a ticket, good once and for
 * seconds, that becomes a cookie of that origin. Both end with the session that they were made in.
 */
import { and, eq, gt, lt } from "drizzle-orm";
import type { Actor } from "../../shared/daemon/actor.ts";
import { may } from "../../shared/roles.ts";
import type { Database } from "../database/database.ts";
import { appPasses, members, projects, sessions, users } from "../database/schema.ts";
import { hashOf, randomToken } from "../session/token.ts";
import type { AppPlace } from "./address.ts";

const TICKET_MS = 30_000;
export const PASS_MS = 12 * 60 * 60 * 1000;

/** Makes a ticket and returns its token. */
export async function makeTicket(database: Database, sessionHash: string, place: AppPlace): Promise<string> {
  await database.delete(appPasses).where(lt(appPasses.expires, new Date()));
  return make(database, { sessionHash, ...place, kind: "ticket" }, TICKET_MS);
}

/** Takes a ticket and returns the token of a pass, or null if it is not one for `place`, or was used. */
export async function redeemTicket(database: Database, token: string, place: AppPlace): Promise<string | null> {
  const [taken] = await database
    .delete(appPasses)
    .where(and(eq(appPasses.tokenHash, await hashOf(token)), isFor(place, "ticket")))
    .returning({ sessionHash: appPasses.sessionHash });
  return taken ? make(database, { ...taken, ...place, kind: "pass" }, PASS_MS) : null;
}

/** Who comes with the pass, or null: asked each time, so that a sign-out or a role taken away acts at once. */
export async function holderOf(database: Database, token: string, place: AppPlace): Promise<Actor | null> {
  const [found] = await database
    .select({
      userId: users.id,
      handle: users.handle,
      name: users.name,
      ownerId: projects.ownerId,
      memberRole: members.role,
    })
    .from(appPasses)
    .innerJoin(sessions, and(eq(sessions.tokenHash, appPasses.sessionHash), gt(sessions.expires, new Date())))
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(projects, and(eq(projects.id, appPasses.projectId), eq(projects.state, "ready")))
    .leftJoin(members, and(eq(members.projectId, projects.id), eq(members.userId, users.id)))
    .where(and(eq(appPasses.tokenHash, await hashOf(token)), isFor(place, "pass")))
    .limit(1);
  if (!found) return null;
  const { ownerId, memberRole, ...person } = found;
  const role = ownerId === person.userId ? "owner" : memberRole;
  return role !== null && may(role, "run") ? { ...person, role } : null;
}

const isFor = ({ projectId, port }: AppPlace, kind: "ticket" | "pass") =>
  and(
    eq(appPasses.projectId, projectId),
    eq(appPasses.port, port),
    eq(appPasses.kind, kind),
    gt(appPasses.expires, new Date()),
  );

async function make(
  database: Database,
  row: Omit<typeof appPasses.$inferInsert, "tokenHash" | "expires">,
  lifeMs: number,
): Promise<string> {
  const token = randomToken();
  await database
    .insert(appPasses)
    .values({ ...row, tokenHash: await hashOf(token), expires: new Date(Date.now() + lifeMs) });
  return token;
}
