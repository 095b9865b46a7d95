/** What the app asks the editor server about files of the project, beside their content: make, copy, delete, bring back. */
import * as z from "zod";
import { ProjectPath } from "../daemon/contract.ts";

/** POST /create and /duplicate, /delete: of a file that is made, or a file or folder that is there. */
export const FileRequest = z.object({ path: ProjectPath });

/** POST /restore: what /delete answered. */
export const RestoreRequest = z.object({ id: z.uuid() });

/** POST /move: to another folder or another place in the order, or to another name. */
export const MoveRequest = z.union([
  z.strictObject({
    path: ProjectPath,
    /** "" is the project's root. */
    folder: z.union([z.literal(""), ProjectPath]),
    /** Name of the item that it stands before; null: behind all. Without it, it stands where its name puts it. */
    before: z.string().nullable().optional(),
  }),
  z.strictObject({ path: ProjectPath, name: z.string() }),
]);
export type MoveRequest = z.infer<typeof MoveRequest>;

/** Answer of /move, and of POST /undo-move for the way back. */
export const Moved = z.object({
  /** For /undo-move; null if nothing had to be done. */
  id: z.uuid().nullable(),
  renames: z.array(z.object({ from: ProjectPath, to: ProjectPath })),
  /** Documents that had links to rewrite. */
  relinked: z.int(),
});
export type Moved = z.infer<typeof Moved>;

/** POST /undo-move: what /move answered. */
export const UndoMoveRequest = z.object({ id: z.uuid() });

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
