/** Folders of a project that we write in. */
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { syncFolder } from "./durable.ts";

/**
 * Absolute path of a folder below `root`, made where it is missing, and durable then. Cells can put links anywhere: none is
 * followed. Throws Fault("conflict") where something else than a folder stands in its way.
 */
export async function ownFolder(root: string, segments: readonly string[]): Promise<string> {
  let at = root;
  for (const segment of segments) {
    const parent = at;
    at = join(at, segment);
    const isMade = await mkdir(at).then(
      () => true,
      () => false,
    );
    if (isMade) await syncFolder(parent);
    else if (!(await lstat(at).catch(() => null))?.isDirectory())
      throw new Fault("conflict", `${segment} is no folder: nothing can be put into it`);
  }
  return at;
}
