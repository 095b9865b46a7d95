/** How two folders differ, file by file: what a sandbox has done to its copy of the project. */
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxChanges } from "../../shared/daemon/contract.ts";

const MOST = 1_000;
const CHUNK_BYTES = 256 * 1024;

/** Hidden files are left out: they are tools' own. Links and what is no file are left out, too. */
export async function changesBetween(original: string, copy: string): Promise<SandboxChanges> {
  const [before, after] = await Promise.all([sizesIn(original), sizesIn(copy)]);
  const files: SandboxChanges["files"] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [had, has] = [before.get(path), after.get(path)];
    if (has === undefined) files.push({ path, change: "removed", bytes: 0 });
    else if (had === undefined) files.push({ path, change: "added", bytes: has });
    else if (had !== has || !(await isSame(join(original, path), join(copy, path))))
      files.push({ path, change: "changed", bytes: has });
  }
  return { files: files.slice(0, MOST), truncated: files.length > MOST };
}

async function sizesIn(root: string): Promise<Map<string, number>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const sizes = new Map<string, number>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (!entry.isFile() || path.split("/").some((segment) => segment.startsWith("."))) continue;
    const size = (await stat(join(root, path)).catch(() => null))?.size;
    if (size !== undefined) sizes.set(path, size);
  }
  return sizes;
}

/** Of two files of one size. */
async function isSame(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([open(a, "r"), open(b, "r")]);
  try {
    const [here, there] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
    for (;;) {
      const [one, other] = await Promise.all([left.read(here), right.read(there)]);
      if (one.bytesRead !== other.bytesRead) return false;
      if (one.bytesRead === 0) return true;
      if (here.compare(there, 0, one.bytesRead, 0, one.bytesRead) !== 0) return false;
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}
