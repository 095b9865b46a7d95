/** GET /tree of the editor server. The app lays the tree out itself (shared/fsml). */
import * as z from "zod";

export const Tree = z.object({
  /** Project paths, sorted. */
  files: z.array(z.string()),
  /** `title:` of the front matter, by path, of the pages that have one. */
  titles: z.record(z.string(), z.string()),
});
export type Tree = z.infer<typeof Tree>;
