/** What the app asks the editor server about files of the project, beside their content: make, copy, delete, bring back. */
import * as z from "zod";
import { ProjectPath } from "../daemon/contract.ts";

/** POST /create and /duplicate, /delete: of a file that is made, or a file or folder that is there. */
export const FileRequest = z.object({ path: ProjectPath });

/** POST /restore: what /delete answered. */
export const RestoreRequest = z.object({ id: z.uuid() });

/** Answer of /create, /duplicate and /restore: where it stands now. */
export const Placed = z.object({ path: ProjectPath });
export type Placed = z.infer<typeof Placed>;

/** Answer of /delete, and of GET /trash as a list, newest first. */
export const Deleted = z.object({
  id: z.uuid(),
  /** Where it stood, and goes back to. */
  path: ProjectPath,
  deleted: z.iso.datetime(),
  /** Handle of who did it. */
  by: z.string(),
});
export type Deleted = z.infer<typeof Deleted>;

export const Trash = z.object({ deleted: z.array(Deleted) });
export type Trash = z.infer<typeof Trash>;
