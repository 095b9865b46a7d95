/** Imports: the row comes first, the files after it, and nobody sees the project before both are there. */
import { and, eq } from "drizzle-orm";
import { type Context, Hono } from "hono";
import * as z from "zod";
import type { Actor } from "../../shared/daemon/actor.ts";
import { DAEMON, ImportRequest, Slug } from "../../shared/daemon/contract.ts";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import { type Database, isDuplicate } from "../database/database.ts";
import { projects } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { askDaemonJson } from "../tunnel/daemon.ts";
import { readBody, readJson } from "./body.ts";

const Begin = z.object({ name: Slug, files: z.array(z.unknown()) });

export const imports = new Hono<App>()
  .post("/", async (context) => {
    const { person, settings, database } = context.var;
    const wanted = await readJson(context, Begin, "import");
    const request = parse(
      ImportRequest,
      {
        importId: crypto.randomUUID(),
        projectId: crypto.randomUUID(),
        owner: { userId: person.userId, handle: person.handle },
        slug: wanted.name,
        files: wanted.files,
      },
      "import",
    );
    await claimName(database, request);
    try {
      await askDaemonJson(settings, {
        method: "POST",
        target: DAEMON.imports(),
        actor: actorOf(context),
        body: encode(request),
      });
    } catch (error) {
      await database.delete(projects).where(eq(projects.id, request.projectId));
      throw error;
    }
    return context.json({ importId: request.importId, projectId: request.projectId, owner: { handle: person.handle } });
  })
  .put("/:import/file", async (context) => {
    const { importId } = await ownImport(context);
    const path = context.req.query("path") ?? "";
    const body = await readBody(context);
    const target = DAEMON.importFile(importId, path);
    await askDaemonJson(context.var.settings, { method: "PUT", target, actor: actorOf(context), body });
    return context.json({});
  })
  .post("/:import/commit", async (context) => {
    const { importId, projectId } = await ownImport(context);
    const target = DAEMON.importCommit(importId);
    await askDaemonJson(context.var.settings, { method: "POST", target, actor: actorOf(context) });
    await context.var.database.update(projects).set({ state: "ready" }).where(eq(projects.id, projectId));
    return context.json({ projectId });
  })
  .delete("/:import", async (context) => {
    const { importId, projectId } = await ownImport(context);
    await askDaemonJson(context.var.settings, {
      method: "DELETE",
      target: DAEMON.import(importId),
      actor: actorOf(context),
    }).catch((error: unknown) => {
      if (!(error instanceof Fault && error.code === "not_found")) throw error;
    });
    await context.var.database.delete(projects).where(and(eq(projects.id, projectId), eq(projects.state, "importing")));
    return context.json({});
  });

/** Makes the project's row. Throws Fault("conflict") if the owner has a project of that name. */
async function claimName(database: Database, { projectId, importId, owner, slug }: ImportRequest): Promise<void> {
  const ownerId = owner.userId;
  // An import that was given up is replaced. Its files are not reachable any more, and the daemon sweeps them.
  await database
    .delete(projects)
    .where(and(eq(projects.ownerId, ownerId), eq(projects.slug, slug), eq(projects.state, "importing")));
  try {
    await database.insert(projects).values({ id: projectId, ownerId, slug, state: "importing", importId });
  } catch (error) {
    if (isDuplicate(error))
      throw new Fault("conflict", `you have a project "${slug}" already; choose another name with --name`);
    throw error;
  }
}

/** The import, if it is the person's own and still open. Throws Fault("not_found"). */
async function ownImport(context: Context<App>): Promise<{ importId: string; projectId: string }> {
  const importId = z.uuid().safeParse(context.req.param("import"));
  if (!importId.success) throw new Fault("not_found", "no such import");
  const [found] = await context.var.database
    .select({ id: projects.id })
    .from(projects)
    .where(
      and(
        eq(projects.importId, importId.data),
        eq(projects.ownerId, context.var.person.userId),
        eq(projects.state, "importing"),
      ),
    )
    .limit(1);
  if (!found) throw new Fault("not_found", "no such import");
  return { importId: importId.data, projectId: found.id };
}

/** Whoever imports will own the project. */
function actorOf(context: Context<App>): Actor {
  return { ...context.var.person, role: "owner" };
}

function encode(value: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(value)));
}
