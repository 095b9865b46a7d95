import { and, eq, isNotNull, or } from "drizzle-orm";
import { Hono } from "hono";
import { DAEMON, ProjectState, SiteState } from "../../shared/daemon/contract.ts";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import { attachment } from "../../shared/editor/attachment.ts";
import { contentTypeOf } from "../../shared/site/content-type.ts";
import { members, projects as projectTable, runtimes, sites, users } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { askDaemon, askDaemonJson } from "../tunnel/daemon.ts";
import { access, findProject, roleIn } from "./access.ts";

export const projects = new Hono<App>()
  .get("/projects", async (context) => {
    const { person, database } = context.var;
    const rows = await database
      .select({
        projectId: projectTable.id,
        slug: projectTable.slug,
        ownerId: users.id,
        owner: users.handle,
        role: members.role,
        site: sites.state,
        created: projectTable.created,
        siteChanged: sites.updated,
        runtimeChanged: runtimes.updated,
      })
      .from(projectTable)
      .innerJoin(users, eq(users.id, projectTable.ownerId))
      .leftJoin(members, and(eq(members.projectId, projectTable.id), eq(members.userId, person.userId)))
      .leftJoin(sites, eq(sites.projectId, projectTable.id))
      .leftJoin(runtimes, eq(runtimes.projectId, projectTable.id))
      .where(
        and(eq(projectTable.state, "ready"), or(eq(projectTable.ownerId, person.userId), isNotNull(members.userId))),
      )
      .orderBy(projectTable.slug);
    return context.json({
      projects: rows.map(({ projectId, slug, ownerId, owner, role, site, created, siteChanged, runtimeChanged }) => ({
        projectId,
        slug,
        owner: { handle: owner },
        role: ownerId === person.userId ? "owner" : role,
        site,
        // All that the edge hears of a project: that it was made, how its site stands, and how its runtime does.
        active: [created, siteChanged ?? created, runtimeChanged ?? created].toSorted((a, b) => +b - +a)[0],
      })),
    });
  })
  .get("/by-name/:user/:slug", async (context) => {
    const handle = context.req.param("user").replace(/^@/, "");
    const projectId = await findProject(context.var.database, handle, context.req.param("slug"));
    const role = projectId === null ? null : await roleIn(context.var.database, projectId, context.var.person.userId);
    if (role === null) throw new Fault("not_found", "no such project");
    return context.json({ projectId, role });
  })
  .get("/projects/:project", async (context) => {
    const actor = await access(context, context.req.param("project"), "read");
    const target = DAEMON.project(context.req.param("project"));
    const state = parse(
      ProjectState,
      await askDaemonJson(context.var.settings, { method: "GET", target, actor }),
      "the project's state",
    );
    return context.json({ ...state, role: actor.role });
  })
  .get("/projects/:project/file", async (context) => {
    const actor = await access(context, context.req.param("project"), "read");
    const path = context.req.query("path") ?? "";
    const target = DAEMON.file(context.req.param("project"), path);
    const answer = await askDaemon(context.var.settings, { method: "GET", target, actor });
    if (!answer.ok)
      return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
    const isKept = context.req.query("download") !== undefined;
    return new Response(answer.body, {
      headers: {
        ...(isKept ? { "content-disposition": attachment(path.slice(path.lastIndexOf("/") + 1)) } : {}),
        "content-type": contentTypeOf(path),
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-cache",
        // A person's file is shown, never run, on this origin.
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      },
    });
  })
  .post("/projects/:project/publish", async (context) => {
    const actor = await access(context, context.req.param("project"), "publish");
    const target = DAEMON.publish(context.req.param("project"));
    return context.json(
      parse(
        SiteState,
        await askDaemonJson(context.var.settings, { method: "POST", target, actor }),
        "the site's state",
      ),
    );
  });
