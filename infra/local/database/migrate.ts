/** Brings the database to the schema of the edge: the same migrations as in production. */
import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { Fault } from "../../../shared/daemon/fault.ts";
import { REPOSITORY } from "../folders.ts";

/** Throws Fault("unavailable") with Postgres' reason. */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    // "schema already exists, skipping" at every start is no news.
    await client.query("set client_min_messages = warning");
    await migrate(drizzle(client), { migrationsFolder: join(REPOSITORY, "edge", "database", "migrations") });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Fault("unavailable", `the database can't be brought up to date: ${String(cause)}`);
  } finally {
    await client.end().catch(() => {});
  }
}
