/** The direction of imports between top-level folders (design.md §2): edge, compute, images → reader → shared. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  reader: ["shared"],
  edge: ["reader", "shared"],
  compute: ["reader", "shared"],
  images: ["reader", "shared"],
  infra: ["shared"],
  test: ["shared", "reader", "edge", "compute", "images", "infra"],
};

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']*)["']/g;

/**
 * Returns a line for each import that points the wrong way.
 * @param files paths from `root`
 */
export async function checkImports(root: string, files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(files.map(async (file) => wrongIn(file, await readFile(join(root, file), "utf8"))));
  return found.flat();
}

/** @param file path from the repository's root */
export function wrongIn(file: string, source: string): string[] {
  const folder = topOf(file);
  const allowed = MAY_IMPORT[folder];
  if (!allowed) return [];
  return [...source.matchAll(IMPORT)].flatMap((match) => {
    const target = relative(".", join(dirname(file), match[1] ?? ""));
    const targetFolder = topOf(target);
    if (targetFolder === folder || allowed.includes(targetFolder) || !(targetFolder in MAY_IMPORT)) return [];
    const line = source.slice(0, match.index).split("\n").length;
    return [`${file}:${line}: ${folder}/ must not import from ${targetFolder}/`];
  });
}

function topOf(path: string): string {
  return path.split("/")[0] ?? "";
}
