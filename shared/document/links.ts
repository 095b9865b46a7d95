/** Which files of its project a document points to, in markdown or in raw HTML. */
import { resolveRelative } from "../fsml/path.ts";
import { linkPlaces } from "./link-places.ts";

/** Project paths that the document at `file` links to or shows, each once. They need not exist. */
export function linkedPaths(file: string, source: string): Set<string> {
  const paths = new Set<string>();
  for (const { kind, target } of linkPlaces(source)) {
    const path = kind === "address" ? resolveRelative(file, target.trim()) : null;
    if (path !== null) paths.add(path);
  }
  return paths;
}
