/** Files that are there, whole, after a power cut. */
import { randomUUID } from "node:crypto";
import { type BigIntStats, renameSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Whole, or in pieces. */
export type Content = Uint8Array | Iterable<Uint8Array>;

/** Replaces the file's content: a reader, and a restart, finds the old one or the new one. `mode` is for a new file. */
export async function writeDurably(path: string, content: Content, mode = 0o644): Promise<void> {
  await replaceDurably(path, content, mode, null);
}

/**
 * The same, if `mayReplace`, where there is one, still says so in the moment before. Nothing of this process comes between the
 * question and the act, and hardly anything of others. Resolves with what the new file looks like, or null.
 */
export async function replaceDurably(
  path: string,
  content: Content,
  mode: number,
  mayReplace: (() => boolean) | null,
): Promise<BigIntStats | null> {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 40)}.${randomUUID().slice(0, 8)}`);
  try {
    const file = await open(temporary, "wx", mode);
    let stat: BigIntStats;
    try {
      // The umask has had its say at creation; the file that is replaced keeps its own mode.
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
      stat = await file.stat({ bigint: true });
    } finally {
      await file.close();
    }
    if (!mayReplace) await rename(temporary, path);
    else if (mayReplace()) renameSync(temporary, path);
    else {
      await rm(temporary);
      return null;
    }
    await syncFolder(dirname(path));
    return stat;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** A name is on disk only when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** For `catch` where a file is read that need not be there: null if it is not. */
export function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
