/**
 * Which build renders. It is part of every page's key and ETag: another build may give other HTML for the same source,
 * and a number that someone has to raise would be forgotten once.
 *
 * Cloudflare names each deployed version; the local platform names its bundle by its content.
 */
import * as z from "zod";
import type { Bindings } from "../environment.ts";

const Release = z.object({ id: z.string().min(1) });

/** Parsed once for each isolate: the bindings are the same object for all its requests. */
const releases = new WeakMap<object, string>();

/** Throws a ZodError where wrangler.toml has no `version_metadata` named RELEASE. */
export function releaseOf(bindings: Bindings): string {
  let id = releases.get(bindings);
  if (id === undefined) {
    id = Release.parse(bindings.RELEASE).id.slice(0, 12);
    releases.set(bindings, id);
  }
  return id;
}
