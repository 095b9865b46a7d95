/** The files of a project on disk. A path comes from outside, and cells can put links anywhere: nothing follows one. */
import { type BigIntStats, lstatSync, type Stats } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { isHidden, isTooling, problemOfPath } from "../../../../shared/fsml/path.ts";

const REST_MS = 40;

/** Absolute path of a project's file that exists. Throws Fault("invalid" | "not_found"). */
export async function locate(root: string, path: string): Promise<string> {
  const problem = problemOfPath(path);
  if (problem) throw new Fault("invalid", problem);
  const found = isHidden(path) ? null : await reach(root, path);
  if (!found?.stat.isFile()) throw new Fault("not_found", `there is no document ${path}`);
  return found.absolute;
}

/** What is at the path, if only folders lead to it; null if nothing is. */
export async function reach(root: string, path: string): Promise<{ absolute: string; stat: Stats } | null> {
  let absolute = root;
  let stat: Stats | null = null;
  for (const segment of path.split("/")) {
    if (stat && !stat.isDirectory()) return null;
    absolute = join(absolute, segment);
    stat = await lstat(absolute).catch(() => null);
    if (!stat) return null;
  }
  return stat && { absolute, stat };
}

/** Tells one state of a file from the next, without reading it. */
export interface FileState {
  readonly signature: string;
  readonly bytes: number;
  readonly mode: number;
}

/** Null if there is no such file. */
export async function stateOf(absolute: string): Promise<FileState | null> {
  const stat = await lstat(absolute, { bigint: true }).catch(() => null);
  return stat?.isFile() ? describe(stat) : null;
}

export function describe(stat: BigIntStats): FileState {
  return {
    signature: `${stat.ino}:${stat.size}:${stat.mtimeNs}`,
    bytes: Number(stat.size),
    mode: Number(stat.mode & 0o777n),
  };
}

/** Whether the file still looks like that, at this very moment. */
export function looksLike(absolute: string, signature: string): boolean {
  const stat = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true && describe(stat).signature === signature;
}

/**
 * The file once nobody has written to it for a moment: what a program has written in part is nobody's text. One that never
 * rests is taken as it is after a second, and so is one that is empty: a program that writes a file anew empties it first.
 */
export async function atRest(absolute: string, state: FileState): Promise<FileState | null> {
  let last: FileState | null = state;
  for (let looks = 0; last && looks < 20; looks++) {
    await wait(REST_MS);
    const now = await stateOf(absolute);
    if (now?.signature === last.signature && now.bytes > 0) return now;
    last = now;
  }
  return last;
}

/** All files in order of their paths, without tooling, dependencies and links. */
export async function listFiles(root: string): Promise<string[]> {
  const paths: string[] = [];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (isTooling(entry.name)) continue;
      if (entry.isFile()) paths.push(prefix + entry.name);
      else if (entry.isDirectory()) await walk(join(folder, entry.name), `${prefix}${entry.name}/`);
    }
  };
  await walk(root, "");
  return paths.sort();
}

/** The first `bytes` of a file as text, however they decode. */
export async function readStart(absolute: string, bytes: number): Promise<string> {
  const file = await open(absolute, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
