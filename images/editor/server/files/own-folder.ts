/** Folders of a project that we write in. */
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";

/**
 * Absolute path of a folder of the project, made where it is missing. Cells can put links anywhere: none is followed. Throws
 * Fault("conflict") where something else than a folder stands in its way.
 */
export async function ownFolder(root: string, path: string): Promise<string> {
  let at = root;
  for (const segment of path.split("/")) {
    at = join(at, segment);
    await mkdir(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if (!(await lstat(at)).isDirectory()) throw new Fault("conflict", `${path} is not a folder of the project`);
  }
  return at;
}
