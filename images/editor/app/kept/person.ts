/** What this browser keeps for a person: where, and for how long. */
import { listProjects, type User } from "../api.ts";
import { type Database, openDatabase } from "./database.ts";
import type { DocumentName } from "./shelf.ts";

/** Old copies are deleted when the document has long been there. */
const PRUNE_AFTER_MS = 10_000;

let database: Promise<Database | null> | null = null;

/** Null where the browser has no database, or lets nobody use it. */
export function databaseOf(user: string): Promise<Database | null> {
  if (database) return database;
  database = openDatabase().catch(() => null);
  setTimeout(async () => (await database)?.prune(user).catch(() => {}), PRUNE_AFTER_MS);
  return database;
}

/** Deletes what is kept of projects that are not shared with the person any more. Never rejects: it is done again the next time. */
export async function keepOnlyShared({ userId }: User): Promise<void> {
  try {
    const projects = await listProjects();
    const ids = projects.map(({ projectId }) => projectId);
    await (await databaseOf(userId))?.keepOnly(userId, ids);
  } catch {}
}

/** The person's documents that have something which the server may not have. */
export async function owed(user: string): Promise<readonly DocumentName[]> {
  return (await (await databaseOf(user))?.owed(user).catch(() => [])) ?? [];
}
