/** The database, over HTTP: a Worker has no connection to keep. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { drizzle, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import * as schema from "./schema.ts";

export type Database = NeonHttpDatabase<typeof schema>;

/**
 * @param url Postgres URL with the credentials
 * @param endpoint where the driver's HTTP requests go, if not to the host in the URL
 */
export function openDatabase(url: string, endpoint: string | undefined): Database {
  if (endpoint) neonConfig.fetchEndpoint = () => endpoint;
  return drizzle(neon(url), { schema });
}

/** True if the statement failed because a row with that key exists (Postgres 23505). Drizzle wraps the driver's error. */
export function isDuplicate(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ("code" in inner && inner.code === "23505") return true;
  }
  return false;
}
