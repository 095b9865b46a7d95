/** Ways in for people who are no members yet: links, and e-mail addresses that somebody will sign in with. */
import { and, count, desc, eq, gt, isNull, lt, notInArray, sql } from "drizzle-orm";
import { union } from "drizzle-orm/pg-core";
import { Fault } from "../../shared/daemon/fault.ts";
import type { GivenRole } from "../../shared/roles.ts";
import { Invite, MAX_OPEN_INVITES } from "../../shared/sharing.ts";
import type { Database } from "../database/database.ts";
import { invites, members, projects, users } from "../database/schema.ts";
import { hashOf, randomToken } from "../session/token.ts";

const DAY_MS = 86_400_000;
/** For so long a person who has it is told why it lets nobody in any more. */
const KEPT_DAYS = 30;
/** An address may come to be somebody else's. */
const EMAIL_DAYS = 30;

export interface Wish {
  readonly projectId: string;
  readonly madeBy: string;
  readonly role: GivenRole;
}

export interface MadeInvite {
  readonly id: string;
  readonly expires: Date;
}

/** Returns the link's token, which is known only now. Throws Fault("limit"). */
export async function makeLink(
  database: Database,
  wish: Wish,
  { days, uses }: { readonly days: number; readonly uses: number | null },
): Promise<MadeInvite & { token: string }> {
  await makeRoom(database, wish.projectId);
  const token = randomToken();
  const made = { id: crypto.randomUUID(), expires: inDays(days) };
  await database.insert(invites).values({ ...wish, ...made, tokenHash: await hashOf(token), maxUses: uses });
  await endInvitesOf(database, wish.projectId, wish.madeBy);
  return { ...made, token };
}

/** Asked twice, the later wish counts. Throws Fault("limit"). */
export async function inviteEmail(database: Database, wish: Wish, email: string): Promise<MadeInvite> {
  await makeRoom(database, wish.projectId);
  const made = { id: crypto.randomUUID(), expires: inDays(EMAIL_DAYS) };
  const row = { ...wish, ...made, created: new Date(), revoked: null };
  await database
    .insert(invites)
    .values({ ...row, email })
    .onConflictDoUpdate({ target: [invites.projectId, invites.email], set: row });
  await endInvitesOf(database, wish.projectId, wish.madeBy);
  return made;
}

/**
 * Of somebody who may not share: by what they made while they might, nobody comes in any more, neither a friend nor they
 * themselves. Also called after each that is made: the right may have gone meanwhile.
 */
export function endInvitesOf(database: Database, projectId: string, userId: string) {
  const sharers = union(
    database
      .select({ id: members.userId })
      .from(members)
      .where(and(eq(members.projectId, projectId), eq(members.role, "admin"))),
    database.select({ id: projects.ownerId }).from(projects).where(eq(projects.id, projectId)),
  );
  return database
    .update(invites)
    .set({ revoked: sql`now()` })
    .where(
      and(
        eq(invites.projectId, projectId),
        eq(invites.madeBy, userId),
        isNull(invites.revoked),
        notInArray(invites.madeBy, sharers),
      ),
    );
}

/** It lets nobody in from now on. Who came in by it stays. */
export async function revoke(database: Database, projectId: string, id: string): Promise<void> {
  await database
    .update(invites)
    .set({ revoked: sql`now()` })
    .where(and(eq(invites.id, id), eq(invites.projectId, projectId), isNull(invites.revoked)));
}

/** The newest first; those that were revoked are not among them. */
export async function invitesOf(database: Database, projectId: string): Promise<Invite[]> {
  const rows = await database
    .select({ invite: invites, madeBy: users.handle })
    .from(invites)
    .innerJoin(users, eq(users.id, invites.madeBy))
    .where(and(eq(invites.projectId, projectId), isNull(invites.revoked), gt(invites.expires, inDays(-KEPT_DAYS))))
    .orderBy(desc(invites.created));
  return rows.map(({ invite: { email, created, expires, ...invite }, madeBy }) =>
    Invite.parse({
      ...invite,
      kind: email === null ? "link" : "email",
      email,
      madeBy,
      created: created.toISOString(),
      expires: expires.toISOString(),
      state: stateOf({ ...invite, expires }),
    }),
  );
}

/** Lets a person in wherever the address was invited. To be called only with one that a provider has verified as theirs. */
export async function claimInvites(database: Database, userId: string, email: string): Promise<void> {
  await database.execute(sql`
    with claimed as (
      delete from ${invites}
      where email = ${email.toLowerCase()} and revoked_at is null and expires_at > now()
      returning project_id, role
    )
    insert into ${members} (project_id, user_id, role)
    select claimed.project_id, ${userId}, claimed.role
    from claimed join ${projects} on projects.id = claimed.project_id and projects.owner_id <> ${userId}
    on conflict do nothing`);
}

export function stateOf(invite: { maxUses: number | null; uses: number; revoked: Date | null; expires: Date }) {
  if (invite.revoked !== null) return "revoked";
  if (invite.maxUses !== null && invite.uses >= invite.maxUses) return "used up";
  return invite.expires.getTime() <= Date.now() ? "expired" : "open";
}

async function makeRoom(database: Database, projectId: string): Promise<void> {
  await database.delete(invites).where(and(eq(invites.projectId, projectId), lt(invites.expires, inDays(-KEPT_DAYS))));
  const [open] = await database
    .select({ number: count() })
    .from(invites)
    .where(and(eq(invites.projectId, projectId), isNull(invites.revoked), gt(invites.expires, new Date())));
  if (open && open.number >= MAX_OPEN_INVITES)
    throw new Fault("limit", `a project has at most ${MAX_OPEN_INVITES} open invitations; revoke one first`);
}

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
