/** Old addresses of a site and where they lead. An address where a page stands now is never one of them. */
import { routeKey, type Site } from "../../shared/fsml/site.ts";
import type { PlacedPage } from "./moves.ts";

/** The oldest go first. */
const MAX_REDIRECTS = 10_000;

/**
 * @param known redirects until now
 * @param moves what pages of `before` have become, by their file
 * @returns redirects from now on; each leads to a page at once, never to another redirect
 */
export function redirectsAfter(
  known: Readonly<Record<string, string>>,
  before: Site,
  now: Site,
  moves: ReadonlyMap<string, PlacedPage>,
): Record<string, string> {
  const redirects = new Map<string, string>();
  const add = (from: string, to: string | undefined) => {
    const key = routeKey(from);
    if (to === undefined || now.lookup(from)) return;
    redirects.delete(key);
    redirects.set(key, to);
  };
  const homeOf = (url: string) => {
    const page = before.lookup(url);
    return page ? moves.get(page.file)?.url : undefined;
  };

  for (const [from, to] of Object.entries(known)) add(from, homeOf(to) ?? (now.lookup(to) ? to : undefined));
  for (const page of before.pages) {
    if (!moves.has(page.file)) continue;
    // Folders without a page of their own answered with their first one.
    const segments = page.url.split("/");
    for (let count = 1; count <= segments.length; count++) {
      const url = segments.slice(0, count).join("/");
      add(url, homeOf(url));
    }
  }
  return Object.fromEntries([...redirects].slice(-MAX_REDIRECTS));
}
