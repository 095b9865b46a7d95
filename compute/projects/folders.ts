/** Where things lie on the base server's disk, and how to write there without leaving half a file. */
import { constants } from "node:fs";
import { access, mkdir, open, readdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { Fault } from "../../shared/daemon/fault.ts";
import { problemOfPath } from "../../shared/fsml/path.ts";

export class Folders {
  readonly #data: string;

  /** @param data absolute path of the data folder */
  constructor(data: string) {
    this.#data = data;
  }

  journal(): string {
    return join(this.#data, "markco", "journal.sqlite");
  }

  /** Mounted into the owner's editor container as `/data`. */
  user(ownerId: string): string {
    return join(this.#data, "users", ownerId);
  }

  project(ownerId: string, projectId: string): string {
    return join(this.user(ownerId), "projects", projectId);
  }

  /** On the same file system as the projects, so that a finished import moves into place in one rename. */
  staging(ownerId: string, importId: string): string {
    return join(this.user(ownerId), "imports", importId);
  }

  checkpoint(runtimeId: string): string {
    return join(this.#data, "checkpoints", `${runtimeId}.tar`);
  }
}

/**
 * The real path of `path` inside `root`. Refuses what formats.md refuses and what a symbolic link leads out of the root:
 * user code writes into project folders, so a link there may point anywhere.
 * Throws Fault("invalid") or Fault("not_found").
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const problem = problemOfPath(path);
  if (problem) throw new Fault("invalid", problem);
  const base = await realpath(root).catch(() => null);
  const target = base === null ? null : await realpath(join(base, path)).catch(() => null);
  if (base === null || target === null || !target.startsWith(base + sep))
    throw new Fault("not_found", `no file "${path}"`);
  return target;
}

/** Writes a file so that after a crash there is the old content or the new one. Parent folders are made. */
export async function writeAtomic(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, "w", 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Makes a rename or an unlink in the folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** All regular files below `root` as project paths, without the hidden ones and without following links. */
export async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory()) await walk(join(folder, entry.name), path);
      else if (entry.isFile()) files.push(path);
    }
  };
  await walk(root, "");
  return files.sort();
}

export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
