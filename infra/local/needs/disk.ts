/** Space for images and projects. */
import { mkdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Fault } from "../../../shared/daemon/fault.ts";
import { CACHE } from "../folders.ts";

const MIB = 1024 ** 2;

/** Bytes that an unprivileged program could still write where markco keeps its things. */
export async function freeBytes(): Promise<number> {
  const folder = dirname(CACHE);
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Throws Fault("unavailable") before anything is half made. */
export async function requireSpace(bytes: number): Promise<void> {
  const free = await freeBytes();
  if (free >= bytes) return;
  const mib = (n: number) => `${Math.floor(n / MIB)} MiB`;
  throw new Fault("unavailable", `no space: the images need ${mib(bytes)}, the disk has ${mib(free)} left`);
}
