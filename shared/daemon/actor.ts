/** The person that the edge acts for, as it stands in the signed `x-markco-actor` header. */
import * as z from "zod";
import { ROLES } from "../roles.ts";

/** Handles are used in URLs, folder names and socket paths, so they are plain. */
export const Handle = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$/, "1 to 39 of a-z, 0-9 and inner hyphens");

export const Actor = z.object({ userId: z.uuid(), handle: Handle, name: z.string().max(200), role: z.enum(ROLES) });
export type Actor = z.infer<typeof Actor>;

/** ASCII-safe form for a header: JSON with everything beyond ASCII escaped. */
export function encodeActor(actor: Actor): string {
  return JSON.stringify(actor).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Throws a ZodError or SyntaxError if the header is not an actor. */
export function decodeActor(header: string): Actor {
  return Actor.parse(JSON.parse(header));
}
