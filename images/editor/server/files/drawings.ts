/** Keeps what browsers drew of diagrams with the project's files (shared/document/diagrams.ts). */
import { lstat, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Drawing, drawingOf } from "../../../../shared/document/diagrams.ts";
import { writeDurably } from "./durable.ts";
import { ownFolder } from "./own-folder.ts";

/** Each version of a diagram that somebody looked at leaves a drawing. One that is still shown and gone is drawn again. */
const MOST_DRAWINGS = 1_000;

/**
 * Returns the drawing's path in the project at `root` once it is durable. Throws Fault("conflict") where something else than a
 * folder stands in its way.
 */
export async function keepDrawing(root: string, { text, svg }: Drawing): Promise<string> {
  const path = drawingOf(text);
  const folder = await ownFolder(root, dirname(path).split("/"));
  await writeDurably(join(root, path), new TextEncoder().encode(svg));
  await removeOldest(folder);
  return path;
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
