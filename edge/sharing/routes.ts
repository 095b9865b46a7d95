/** Sharing a project: its members and their roles, links, and people asked by handle or e-mail address. */
import { eq, sql } from "drizzle-orm";
import { type Context, Hono } from "hono";
import { Fault } from "../../shared/daemon/fault.ts";
import { may, mayManage, type Role } from "../../shared/roles.ts";
import {
  type Invited,
  type Invitee,
  InviteRequest,
  LinkRequest,
  RoleRequest,
  type Sharing,
} from "../../shared/sharing.ts";
import { users } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { access, roleIn } from "../projects/access.ts";
import { readJson } from "../projects/body.ts";
import { idOf } from "../runtimes/request.ts";
import { tellAccess, tellIfReachable } from "./access-change.ts";
import { inviteEmail, invitesOf, makeLink, revoke } from "./invites.ts";
import { addMembers, changeRole, leave, membersOf, removeMember } from "./members.ts";

const SHARING = "/projects/:project/sharing";
const MAX_BODY_BYTES = 10_000;

export const sharing = new Hono<App>()
  .get(SHARING, async (context) => {
    const { projectId, role } = await enter(context, "read");
    const { database } = context.var;
    const members = await membersOf(database, projectId);
    const all: Sharing = { members, invites: may(role, "share") ? await invitesOf(database, projectId) : null };
    return context.json(all);
  })
  .post(`${SHARING}/links`, async (context) => {
    const { projectId, userId, role: own } = await enter(context, "share");
    const { role, ...limits } = await readJson(context, LinkRequest, "link", MAX_BODY_BYTES);
    refuseUnless(mayManage(own, role), own);
    const { database, settings } = context.var;
    const { id, token, expires } = await makeLink(database, { projectId, madeBy: userId, role }, limits);
    return context.json({ id, url: `${settings.PUBLIC_ORIGIN}/join/${token}`, expires: expires.toISOString() });
  })
  .delete(`${SHARING}/invites/:invite`, async (context) => {
    const { projectId } = await enter(context, "share");
    await revoke(context.var.database, projectId, idOf(context.req.param("invite"), "invitation"));
    return context.json({});
  })
  .post(`${SHARING}/people`, async (context) => {
    const { projectId, userId, role: own } = await enter(context, "share");
    const { to, role } = await readJson(context, InviteRequest, "invitation", MAX_BODY_BYTES);
    refuseUnless(mayManage(own, role), own);
    const { database, settings } = context.var;
    const known = await findPeople(context, to);
    for (const { id, handle } of known) {
      const has = await roleIn(database, projectId, id);
      if (has !== null && has !== role) throw new Fault("conflict", `@${handle} is ${article(has)} here already`);
    }
    const [person] = known;
    if (!person && "handle" in to)
      throw new Fault(
        "not_found",
        `nobody here is called @${to.handle}; a link or an e-mail address reaches everybody`,
      );
    if (!person && "email" in to) {
      const { expires } = await inviteEmail(database, { projectId, madeBy: userId, role }, to.email);
      return context.json({ kind: "email", email: to.email, expires: expires.toISOString() } satisfies Invited);
    }
    const ids = known.map(({ id }) => id);
    await addMembers(database, projectId, ids, role);
    for (const id of ids) await tellIfReachable(settings, database, projectId, id);
    return context.json({ kind: "member", handle: person?.handle ?? "" } satisfies Invited);
  })
  .put(`${SHARING}/members/:user`, async (context) => {
    const { projectId, role: own } = await enter(context, "share");
    const userId = idOf(context.req.param("user"), "member");
    const { role } = await readJson(context, RoleRequest, "role", MAX_BODY_BYTES);
    const theirs = await roleIn(context.var.database, projectId, userId);
    if (theirs !== null) refuseUnless(mayManage(own, theirs) && mayManage(own, role), own, theirs);
    if (!(await changeRole(context.var.database, projectId, userId, role)))
      throw new Fault("not_found", "this person is no member of the project");
    await act(context, projectId, userId);
    return context.json({});
  })
  /** A repeated one is harmless. Everybody but the owner may remove themselves. */
  .delete(`${SHARING}/members/:user`, async (context) => {
    const userId = idOf(context.req.param("user"), "member");
    const { database, settings, person } = context.var;
    const isSelf = userId === person.userId;
    const { projectId, role: own } = await enter(context, isSelf ? "read" : "share");
    if (isSelf) {
      if (own === "owner") throw new Fault("forbidden", "the owner can't leave their project");
      await leave(database, projectId, userId);
      await tellIfReachable(settings, database, projectId, userId);
      return context.json({});
    }
    const theirs = await roleIn(database, projectId, userId);
    if (theirs !== null) {
      refuseUnless(mayManage(own, theirs), own, theirs);
      await removeMember(database, projectId, userId);
    }
    await act(context, projectId, userId);
    return context.json({});
  });

async function enter(context: Context<App>, action: "read" | "share") {
  const projectId = context.req.param("project") ?? "";
  return { projectId, ...(await access(context, projectId, action)) };
}

function refuseUnless(allowed: boolean, own: Role, theirs: Role | null = null): void {
  if (allowed) return;
  if (theirs === "owner") throw new Fault("forbidden", "the owner of a project stays its owner");
  throw new Fault("forbidden", `your role here is ${own}: you can't give or take more than that`);
}

/** Those who have signed in here before. An address may be that of several. */
function findPeople(context: Context<App>, to: Invitee): Promise<{ id: string; handle: string }[]> {
  const isMeant = "handle" in to ? eq(users.handle, to.handle) : eq(sql`lower(${users.email})`, to.email);
  return context.var.database.select({ id: users.id, handle: users.handle }).from(users).where(isMeant);
}

/** Says so if the change is kept and does not act yet. */
async function act(context: Context<App>, projectId: string, userId: string): Promise<void> {
  const { settings, database } = context.var;
  await tellAccess(settings, database, projectId, userId).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(
      "unavailable",
      "it is kept, but the base server does not answer: what this person has open may go on; try again in a moment",
    );
  });
}

const article = (role: Role) => (role === "owner" ? "the owner" : `${/^[aeiou]/.test(role) ? "an" : "a"} ${role}`);
