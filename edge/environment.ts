/** What the Worker is bound to, and what a request carries through its handlers. */
import * as z from "zod";
import { type Database, openDatabase } from "./database/database.ts";
import type { Person } from "./session/session.ts";

const Variables = z.object({
  /** The address that people see, without a trailing slash. */
  PUBLIC_ORIGIN: z.url(),
  /** Below its host, web apps of people's code have their origins; best on a domain of its own. Default: `apps.` before the host of PUBLIC_ORIGIN. */
  APPS_ORIGIN: z.url().optional(),
  DATABASE_URL: z.url(),
  NEON_ENDPOINT: z.url().optional(),
  DAEMON_URL: z.url(),
  DAEMON_SECRET: z.string().min(32),
  S3_ENDPOINT: z.url(),
  S3_BUCKET: z.string(),
  S3_REGION: z.string(),
  S3_ACCESS_KEY_ID: z.string(),
  S3_SECRET_ACCESS_KEY: z.string(),
  OIDC_ISSUER: z.url(),
  OIDC_CLIENT_ID: z.string(),
  OIDC_CLIENT_SECRET: z.string(),
  /** `off` takes the service worker of the app out of all browsers (edge/app/offline.ts). */
  OFFLINE_APP: z.enum(["on", "off"]).default("on"),
});
export type Settings = z.infer<typeof Variables>;

export type Bindings = Record<string, unknown> & { ASSETS: Fetcher };

export interface App {
  Bindings: Bindings;
  Variables: { settings: Settings; database: Database; person: Person };
}

interface World {
  readonly settings: Settings;
  readonly database: Database;
}

/** Parsed once for each isolate: the bindings are the same object for all its requests. */
const worlds = new WeakMap<object, World>();

/** Throws a ZodError that names the variable which is missing or wrong. */
export function worldOf(bindings: Bindings): World {
  let world = worlds.get(bindings);
  if (!world) {
    const settings = Variables.parse(bindings);
    world = { settings, database: openDatabase(settings.DATABASE_URL, settings.NEON_ENDPOINT) };
    worlds.set(bindings, world);
  }
  return world;
}
