/** What a document was, and who changed it. The editor server keeps it beside the document (GET /versions, GET /version). */
import * as z from "zod";
import { Actor } from "../daemon/actor.ts";

/** A program is whatever writes the file without the editor: git, a terminal, a cell that opens it. */
export const Author = z.discriminatedUnion("kind", [
  Actor.omit({ role: true }).extend({ kind: z.literal("person") }),
  z.object({ kind: z.literal("program") }),
  /** Output of a cell that was run. */
  z.object({ kind: z.literal("cell") }),
]);
export type Author = z.infer<typeof Author>;

export const Version = z.object({
  /** Later versions have higher ones. */
  id: z.int().min(1),
  /** Of the first and the last change since the version before. */
  began: z.iso.datetime(),
  ended: z.iso.datetime(),
  /** Who made them; nobody for the text that the document was found with. */
  authors: z.array(Author),
});
export type Version = z.infer<typeof Version>;

export const VersionList = z.object({
  /** Oldest first. */
  versions: z.array(Version),
  /** What has changed since, and is no version yet. */
  current: Version.pick({ began: true, authors: true }).nullable(),
});
export type VersionList = z.infer<typeof VersionList>;

export const VersionText = z.object({ text: z.string() });

/** POST /keep: makes a version of what the document is now. */
export const KeepRequest = z.object({ path: z.string() });
