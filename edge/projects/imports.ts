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

export interface BegunImport {
  readonly importId: string;
  readonly projectId: string;
}

export const imports = new Hono<App>()
  .post("/", async (context) => {
    const wanted = await readJson(context, Begin, "import");
    const { importId, projectId } = await beginImport(context, wanted.name, wanted.files);
    return context.json({ importId, projectId, owner: { handle: context.var.person.handle } });
  })
  .put("/:import/file", async (context) => {
    const { importId } = await ownImport(context);
    await sendFile(context, importId, context.req.query("path") ?? "", await readBody(context));
    return context.json({});
  })
  .post("/:import/commit", async (context) => {
    const begun = await ownImport(context);
    await commitImport(context, begun);
    return context.json({ projectId: begun.projectId });
  })
  .delete("/:import", async (context) => {
    await giveUpImport(context, await ownImport(context));
    return context.json({});
  });

/** Claims the name for the person and announces the files. Throws Fault("conflict") if they have a project of that name. */
export async function beginImport(
  context: Context<App>,
  slug: string,
  files: readonly unknown[],
): Promise<BegunImport> {
  const { person, settings, database } = context.var;
  const request = parse(
    ImportRequest,
    {
      importId: crypto.randomUUID(),
      projectId: crypto.randomUUID(),
      owner: { userId: person.userId, handle: person.handle },
      slug,
      files,
    },
    "import",
  );
  await claimName(database, request);
  try {
    const body = encode(request);
    await askDaemonJson(settings, { method: "POST", target: DAEMON.imports(), actor: actorOf(context), body });
  } catch (error) {
    await database.delete(projects).where(eq(projects.id, request.projectId));
    throw error;
  }
  return request;
}

export async function sendFile(
  context: Context<App>,
  importId: string,
  path: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const target = DAEMON.importFile(importId, path);
  await askDaemonJson(context.var.settings, { method: "PUT", target, actor: actorOf(context), body });
}

/** From here on the project is there for people. Throws the daemon's Fault if a file is missing or wrong. */
export async function commitImport(context: Context<App>, { importId, projectId }: BegunImport): Promise<void> {
  const target = DAEMON.importCommit(importId);
  await askDaemonJson(context.var.settings, { method: "POST", target, actor: actorOf(context) });
  await context.var.database.update(projects).set({ state: "ready" }).where(eq(projects.id, projectId));
}

/** Nothing of it stays, and its name is free again. */
export async function giveUpImport(context: Context<App>, { importId, projectId }: BegunImport): Promise<void> {
  const { settings, database } = context.var;
  const target = DAEMON.import(importId);
  await askDaemonJson(settings, { method: "DELETE", target, actor: actorOf(context) }).catch((error: unknown) => {
    if (!(error instanceof Fault && error.code === "not_found")) throw error;
  });
  await database.delete(projects).where(and(eq(projects.id, projectId), eq(projects.state, "importing")));
}

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
    if (isDuplicate(error)) throw new Fault("conflict", `you have a project "${slug}" already; choose another name`);
    throw error;
  }
}

/** The import, if it is the person's own and still open. Throws Fault("not_found"). */
async function ownImport(context: Context<App>): Promise<BegunImport> {
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
