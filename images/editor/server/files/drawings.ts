/** Keeps what browsers drew of diagrams with the project's files (shared/document/diagrams.ts). */
import { lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../../../../shared/daemon/fault.ts";
import { type Drawing, drawingOf } from "../../../../shared/document/diagrams.ts";
import { writeDurably } from "./durable.ts";

/** Each version of a diagram that somebody looked at leaves a drawing. One that is still shown and gone is drawn again. */
const MOST_DRAWINGS = 1_000;

/**
 * Returns the drawing's path in the project at `root` once it is durable. Throws Fault("conflict") where something else than a
 * folder stands in its way.
 */
export async function keepDrawing(root: string, { text, svg }: Drawing): Promise<string> {
  const path = drawingOf(text);
  const folder = await ownFolder(root, dirname(path));
  await writeDurably(join(root, path), new TextEncoder().encode(svg));
  await removeOldest(folder);
  return path;
}

/** A folder of the project, made where it is missing. Cells can put links anywhere: none is followed. */
async function ownFolder(root: string, path: string): Promise<string> {
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

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".svg"));
  if (names.length <= MOST_DRAWINGS) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, ms: (await lstat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0 })),
  );
  aged.sort((a, b) => a.ms - b.ms);
  for (const { name } of aged.slice(0, names.length - MOST_DRAWINGS)) await rm(join(folder, name), { force: true });
}
