/** Who of a site's readers may edit it. */
import { eq } from "drizzle-orm";
import { may, type Role } from "../../shared/roles.ts";
import { projects, users } from "../database/schema.ts";
import { roleIn } from "../projects/access.ts";
import { personOf } from "../session/session.ts";
import type { SiteRequest } from "./request.ts";

/** A page waits no longer than this for the database to say who reads it (ms). */
const PATIENCE_MS = 500;

/** The visitor's role in the site's project. Nobody without a session is looked up. */
export async function roleOfVisitor({
  context,
  published,
}: Pick<SiteRequest, "context" | "published">): Promise<Role | null> {
  const person = await personOf(context);
  return person && roleIn(context.var.database, published.manifest.projectId, person.userId);
}

/**
 * Where the visitor can edit the file, or null if they may not. A site stays up while the database is down: then nobody
 * is known to be an editor.
 */
export async function editAddress(request: SiteRequest, file: string): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  try {
    return await Promise.race([find(request, file), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function find(request: SiteRequest, file: string): Promise<string | null> {
  if (!may(await roleOfVisitor(request), "write")) return null;
  const [project] = await request.context.var.database
    .select({ slug: projects.slug, owner: users.handle })
    .from(projects)
    .innerJoin(users, eq(users.id, projects.ownerId))
    .where(eq(projects.id, request.published.manifest.projectId))
    .limit(1);
  if (!project) return null;
  const path = file.split("/").map(encodeURIComponent).join("/");
  return `${request.context.var.settings.PUBLIC_ORIGIN}/edit/@${project.owner}/${project.slug}/${path}`;
}
