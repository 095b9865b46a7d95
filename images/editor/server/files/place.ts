/** Gives files and folders names in a project: those that are free, in one step, and over nothing. */
import { link, lstat, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { problemOfNewPath } from "../../../../shared/fsml/path.ts";
import { syncFolder } from "./durable.ts";

/**
 * Gives what we have made, or kept, its name in one step. A link never takes a name that is taken, as a rename would.
 * Throws Fault("conflict"). @param path for the message
 */
export async function place(from: string, to: string, path: string): Promise<void> {
  const isFolder = (await lstat(from)).isDirectory();
  if (isFolder && (await lstat(to).catch(() => null))) throw taken(path);
  await (isFolder ? rename(from, to) : link(from, to)).catch(async (error: NodeJS.ErrnoException) => {
    if (!TAKEN.has(error.code ?? "")) throw error;
    // An earlier attempt may have come as far as this.
    if (!(await isSame(from, to))) throw taken(path);
  });
  await syncFolder(join(to, ".."));
  if (!isFolder) await rm(from);
}

/** Throws Fault("invalid") for a path that no file of a project may have. */
export function refuseName(path: string): void {
  const problem = problemOfNewPath(path);
  if (problem) throw new Fault("invalid", problem);
}

const TAKEN = new Set(["EEXIST", "ENOTEMPTY", "ENOTDIR"]);

/** Whether both are one file. Throws if one of them is not there. */
export async function isSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => lstat(path, { bigint: true })));
  return first?.ino === second?.ino && first?.dev === second?.dev;
}

export function taken(path: string): Fault {
  return new Fault("conflict", `there is a ${path} already`);
}
