/** A project that begins in the browser, and how a name becomes the one in its address. */
import * as z from "zod";
import { Handle } from "./daemon/actor.ts";
import { Slug } from "./daemon/contract.ts";

const MAX_LENGTH = 100;

/** POST /api/projects. */
export const NewProject = z.object({
  /** As people read it. */
  title: z
    .string()
    .trim()
    .min(1, "a project needs a title")
    .max(MAX_LENGTH, `a project's title has at most ${MAX_LENGTH} characters`)
    .regex(/^\P{Cc}*$/u, "a project's title is one line"),
  /** In its address. */
  name: Slug,
});
export type NewProject = z.infer<typeof NewProject>;

/** What came of it: where the project is now. */
export const MadeProject = z.object({ projectId: z.uuid(), owner: z.object({ handle: Handle }), slug: Slug });
export type MadeProject = z.infer<typeof MadeProject>;

/** A folder's name or a title as a project's name. Empty if nothing of it can stand there. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/[^a-z0-9]+$/, "");
}
