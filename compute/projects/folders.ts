/** Where things lie on the base server's disk, and how to write there without leaving half a file. */
import { constants } from "node:fs";
import { access, mkdir, open, readdir, readlink, realpath, rename, rm } from "node:fs/promises";
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

  /** Keys and certificates, for root alone. The share of files reads them, too (images/host). */
  authority(): string {
    return join(this.#data, "markco", "authority");
  }

  /** What archives are sealed with before they leave this machine; for root alone. */
  archiveKey(): string {
    return join(this.#data, "markco", "archives.key");
  }

  /** Links to the projects that hosts may see (images/host). */
  shares(): string {
    return join(this.#data, "markco", "shares");
  }

  /** Mounted into the owner's editor container as `/data`. */
  user(ownerId: string): string {
    return join(this.#data, "users", ownerId);
  }

  project(ownerId: string, projectId: string): string {
    return join(this.user(ownerId), "projects", projectId);
  }

  sandbox(ownerId: string, sandboxId: string): string {
    return join(this.user(ownerId), "sandboxes", sandboxId);
  }

  /** On the same file system as the projects, so that a finished import moves into place in one rename. */
  staging(ownerId: string, importId: string): string {
    return join(this.user(ownerId), "imports", importId);
  }

  /** Archives of frozen runtimes. */
  checkpoints(): string {
    return join(this.#data, "checkpoints");
  }
}

/**
 * Reads a regular file of at most `maxBytes` inside `root`. User code writes in project folders while this runs, so a path
 * may be a link to anywhere and may change between two looks at it: the file is opened first, and the kernel is asked
 * where it really is. Throws Fault("invalid") for a path that can't be, Fault("not_found"), Fault("too_large").
 */
export async function readInside(root: string, path: string, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const problem = problemOfPath(path);
  if (problem) throw new Fault("invalid", problem);
  const missing = () => new Fault("not_found", `no file "${path}"`);
  const base = await realpath(root).catch(() => null);
  // Not blocking: a named pipe without a writer would be waited for.
  const file = await open(join(root, path), constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (base === null || file === null) throw missing();
  try {
    const info = await file.stat();
    const place = await readlink(`/proc/self/fd/${file.fd}`);
    if (!info.isFile() || !place.startsWith(base + sep)) throw missing();
    if (info.size > maxBytes) throw new Fault("too_large", `${path} has ${info.size} bytes; ${maxBytes} is the most`);
    const content = Buffer.alloc(info.size);
    const { bytesRead } = await file.read(content, 0, info.size, 0);
    return content.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
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
