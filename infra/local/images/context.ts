/** What goes into each image besides its packages: the build context, and a hash of it. */
import { createHash } from "node:crypto";
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { CACHE, DIST, REPOSITORY } from "../folders.ts";
import { programOfWheel, UV } from "./wheel.ts";

export const IMAGE_NAMES = ["host", "runtime", "editor"] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

const folderOf = (name: ImageName) => join(REPOSITORY, "images", name);

/** What the build makes or fetches for an image, by its name in the context. All else comes from the image's own folder. */
const PROVIDED: Readonly<Record<string, () => string | Promise<string>>> = {
  "markco.mjs": () => join(DIST, "compute", "markco.mjs"),
  "server.mjs": () => join(DIST, "editor", "server.mjs"),
  "search.mjs": () => join(DIST, "editor", "search.mjs"),
  uv: () => programOfWheel(UV),
};

/** A test beside the code it tests is no part of an image, nor is what an interpreter leaves behind. */
const LEFT_OUT = /(^|\/)(__pycache__|test_[^/]*\.py|[^/]*_test\.py|[^/]*\.test\.[^/]*|tests)(\/|$)/;

interface ContextFile {
  readonly path: string;
  readonly source: string;
  readonly executable: boolean;
}

export interface Context {
  readonly name: ImageName;
  readonly files: readonly ContextFile[];
  /** Changes when a file's path, content or executable bit does. */
  readonly hash: string;
}

export async function describeContext(name: ImageName): Promise<Context> {
  const containerfile = join(folderOf(name), "Containerfile");
  const sources: [string, string][] = [["Containerfile", containerfile]];
  for (const path of copiedPaths(await readFile(containerfile, "utf8"))) {
    const source = (await PROVIDED[path]?.()) ?? join(folderOf(name), path);
    if (!(await stat(source)).isDirectory()) sources.push([path, source]);
    else for (const file of await filesBelow(source)) sources.push([join(path, relative(source, file)), file]);
  }
  const files: ContextFile[] = [];
  const hash = createHash("sha256");
  for (const [path, source] of sources.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (LEFT_OUT.test(path)) continue;
    const executable = ((await lstat(source)).mode & 0o100) !== 0;
    files.push({ path, source, executable });
    const content = createHash("sha256").update(await readFile(source));
    hash.update(`${path}\0${executable}\0${content.digest("hex")}\n`);
  }
  return { name, files, hash: hash.digest("hex").slice(0, 16) };
}

/** Copies the context to a folder with modes that don't depend on this clone's umask, and removes it after `use`. */
export async function withContext<T>(context: Context, use: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(join(CACHE, "contexts"), { recursive: true });
  const folder = await mkdtemp(join(CACHE, "contexts", `${context.name}-`));
  try {
    for (const { path, source, executable } of context.files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      await copyFile(source, target);
      await chmod(target, executable ? 0o755 : 0o644);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The sources of all COPY instructions: an image is made of its packages and these files, and nothing is run to make it. */
function copiedPaths(containerfile: string): string[] {
  return containerfile.split("\n").flatMap((line) => {
    const [instruction, ...words] = line.trim().split(/\s+/);
    if (instruction !== "COPY") return [];
    return words
      .filter((word) => !word.startsWith("--"))
      .slice(0, -1)
      .map((path) => path.replace(/\/$/, ""));
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
