/** What the app asks of the editor server to bring a file in, and to take a copy of files out. */
import * as z from "zod";
import { ProjectPath } from "../daemon/contract.ts";
import { isTooling, problemOfNewPath } from "../fsml/path.ts";

/** What becomes of a file that is brought in where there is one already: that one goes to the trash, or the new one gets a name of its own. */
export const IF_TAKEN = ["refuse", "replace", "keep-both"] as const;
export type IfTaken = (typeof IF_TAKEN)[number];

/** PUT /upload, with the file's content as the body; the answer is Placed. */
export const UploadQuery = z.object({ path: ProjectPath, taken: z.enum(IF_TAKEN).default("refuse") });

/** GET /zip: of a file or folder, or without a path of the whole project. */
export const ZipQuery = z.object({ path: ProjectPath.nullable() });

/** Says why a file can't be brought in under this path, or null if it can. */
export function problemOfUpload(path: string): string | null {
  const problem = problemOfNewPath(path);
  if (problem) return problem;
  return isTooling(path) ? `${path}: this is for tools, and no part of the project` : null;
}
