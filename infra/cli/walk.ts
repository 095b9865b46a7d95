import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface Walk {
  /** Of a file or folder, by its own name. */
  readonly isLeftOut: (name: string) => boolean;
  /** Told of each that is no ordinary file. */
  readonly leaveOut: (path: string) => void;
}

/** Paths of all files below `root`, in order. */
export async function walk(root: string, { isLeftOut, leaveOut }: Walk, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(root, prefix), { withFileTypes: true })) {
    if (isLeftOut(entry.name)) continue;
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await walk(root, { isLeftOut, leaveOut }, path)));
    else if (entry.isFile()) paths.push(path);
    else leaveOut(path);
  }
  return paths.sort();
}
