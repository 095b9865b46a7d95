/** Modules for cells: found as from a file in the session's folder. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** @returns what stands for `import()` in a cell */
export function importer(folder) {
  const cell = pathToFileURL(join(folder, "cell.mjs")).href;
  return (specifier, options) => import(import.meta.resolve(String(specifier), cell), options);
}
