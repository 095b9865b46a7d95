/** What a request about a runtime names and carries, checked before the base server hears of it. */
import type { Context } from "hono";
import * as z from "zod";
import { parse } from "../../shared/daemon/fault.ts";
import type { App } from "../environment.ts";
import { readJson } from "../projects/body.ts";

/**
 * An id as it stands in the address. It becomes part of a path at the daemon, so it is nothing but an id: a router has
 * decoded it by now, and `..%2f` would be a way out. Throws Fault("invalid").
 */
export const idOf = (text: string, what: string): string =>
  parse(z.uuid("it has the form of a UUID"), text, `the ${what}'s id`);

/** The body in the schema's own form (readJson), ready for the daemon. Throws Fault("invalid") or Fault("too_large"). */
export async function requestOf(
  context: Context<App>,
  schema: z.ZodType,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(await readJson(context, schema, what))));
}
