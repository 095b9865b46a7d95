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

/** True if the statement failed because a row with that key exists. */
export const isDuplicate = (error: unknown): boolean => failedWith(error, "23505");

/** True if the statement failed because the row that it points to is gone. */
export const pointsNowhere = (error: unknown): boolean => failedWith(error, "23503");

/** Drizzle wraps the driver's error, which has Postgres's code. */
function failedWith(error: unknown, code: string): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ("code" in inner && inner.code === code) return true;
  }
  return false;
}
