/** `/join/<token>`: signs a person in if need be, and lands them in the project that the link is for. */
import { and, eq, gt, sql } from "drizzle-orm";
import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { notice } from "../app/notice.ts";
import type { Database } from "../database/database.ts";
import { invites, members, projects, removals, users } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { roleIn } from "../projects/access.ts";
import { personOf } from "../session/session.ts";
import { hashOf } from "../session/token.ts";
import { tellIfReachable } from "./access-change.ts";
import { stateOf } from "./invites.ts";

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

const CLOSED = {
  revoked: "It was revoked by somebody who shares the project.",
  "used up": "It was for a number of people, and as many have come in by it.",
  expired: "It was good until some time ago.",
} as const;

export const join = new Hono<App>().get("/:token", async (context) => {
  const response = await answer(context, context.req.param("token"));
  // The address is a key: no page that follows is told it.
  response.headers.set("referrer-policy", "no-referrer");
  response.headers.set("cache-control", "no-store");
  return response;
});

async function answer(context: Context<App>, token: string): Promise<Response> {
  const { database } = context.var;
  const tokenHash = await hashOf(token);
  const link = TOKEN.test(token) ? await findLink(database, tokenHash) : null;
  if (!link) return closed(404, "There is no such link", "Perhaps a part of it was lost on the way.");
  const person = await personOf(context);
  const state = stateOf(link);
  if (!person) {
    if (state !== "open") return closed(410, `This link is ${state}`, CLOSED[state]);
    return context.redirect(`/auth/sign-in?return=${encodeURIComponent(`/join/${token}`)}`);
  }
  const { projectId, owner, slug } = link;
  const arrive = () => context.redirect(`/edit/@${owner}/${slug}`);
  // Who is in already uses nothing up, and keeps the role that they have.
  if ((await roleIn(database, projectId, person.userId)) !== null) return arrive();
  if (state !== "open") return closed(410, `This link is ${state}`, CLOSED[state]);
  if (await wasRemoved(database, projectId, person.userId, link.created))
    return closed(403, "This link is not for you any more", "You were removed from the project after it was made.");
  const isIn = await take(database, tokenHash, person.userId);
  if (!isIn && (await roleIn(database, projectId, person.userId)) === null)
    return closed(410, "This link is used up", CLOSED["used up"]);
  await tellIfReachable(context.var.settings, database, projectId, person.userId);
  return arrive();
}

function closed(status: number, title: string, why: string): Promise<Response> {
  return notice(
    status,
    title,
    html`<p>${why} Ask whoever sent it for a new one.</p><p><a href="/">Your projects</a></p>`,
  );
}

/** Found by its hash: how long that takes says nothing of any token. */
async function findLink(database: Database, tokenHash: string) {
  const [found] = await database
    .select({
      projectId: invites.projectId,
      uses: invites.uses,
      maxUses: invites.maxUses,
      expires: invites.expires,
      revoked: invites.revoked,
      created: invites.created,
      owner: users.handle,
      slug: projects.slug,
    })
    .from(invites)
    .innerJoin(projects, and(eq(projects.id, invites.projectId), eq(projects.state, "ready")))
    .innerJoin(users, eq(users.id, projects.ownerId))
    .where(eq(invites.tokenHash, tokenHash))
    .limit(1);
  return found ?? null;
}

async function wasRemoved(database: Database, projectId: string, userId: string, since: Date): Promise<boolean> {
  const found = await database
    .select({ removed: removals.removed })
    .from(removals)
    .where(and(eq(removals.projectId, projectId), eq(removals.userId, userId), gt(removals.removed, since)));
  return found.length > 0;
}

/**
 * Makes the person a member and counts that, or does neither: false. One statement, so that of twenty who come at once by
 * a link for five, five get in; and who opens it twice at once is counted once.
 */
async function take(database: Database, tokenHash: string, userId: string): Promise<boolean> {
  const { rows } = await database.execute(sql`
    with link as (
      select id, project_id, role from ${invites}
      where token_hash = ${tokenHash} and revoked_at is null and expires_at > now()
        and (max_uses is null or uses < max_uses)
      for update
    ), entered as (
      insert into ${members} (project_id, user_id, role) select project_id, ${userId}, role from link
      on conflict do nothing
      returning project_id
    )
    update ${invites} set uses = uses + 1 from entered where id in (select id from link)
    returning id`);
  return rows.length > 0;
}
