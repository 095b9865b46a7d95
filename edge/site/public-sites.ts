/** The public sites of the platform, as the daemon has told them. */
import { and, desc, eq, sql } from "drizzle-orm";
import type { SiteState } from "../../shared/daemon/contract.ts";
import type { Database } from "../database/database.ts";
import { projects, sites, users } from "../database/schema.ts";

export interface PublicSite {
  readonly url: string;
  readonly title: string;
  readonly updated: Date;
}

/** Newest first. @param handle of the owner, or null for everybody's */
export async function publicSites(database: Database, handle: string | null, most: number): Promise<PublicSite[]> {
  const isPublic = sql`${sites.state}->>'published' = 'true' and ${sites.state}->>'visibility' = 'public'`;
  const rows = await database
    .select({ state: sites.state, slug: projects.slug, updated: sites.updated })
    .from(sites)
    .innerJoin(projects, eq(projects.id, sites.projectId))
    .innerJoin(users, eq(users.id, projects.ownerId))
    .where(and(isPublic, eq(projects.state, "ready"), ...(handle === null ? [] : [eq(users.handle, handle)])))
    .orderBy(desc(sites.updated))
    .limit(most);
  return rows.flatMap(({ state, slug, updated }) => {
    // Told before sites had titles.
    const { url, title = null }: Partial<SiteState> = state;
    return url ? [{ url, title: title ?? slug, updated }] : [];
  });
}

/** The name of the person with that handle, or null. */
export async function nameOf(database: Database, handle: string): Promise<string | null> {
  const [found] = await database.select({ name: users.name }).from(users).where(eq(users.handle, handle)).limit(1);
  return found?.name ?? null;
}
