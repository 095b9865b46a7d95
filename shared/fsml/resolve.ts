/** Where a link in a document points: wiki links and relative markdown links (formats.md §1, "Links"). */
import { parseName } from "./name.ts";
import { resolveRelative } from "./path.ts";
import type { Site, SitePage } from "./site.ts";

/**
 * The page that `[[target]]` in the page `from` means, or null. `target` has no `#fragment`.
 * Specials: next, prev, home, up, toc. Otherwise an exact path (with or without numbers and extension), else the
 * best match on the file name. A path part counts: `a/b` never resolves to a `b` in another folder.
 */
export function resolveWikiLink(site: Site, from: SitePage, target: string): SitePage | null {
  const wanted = target
    .trim()
    .normalize("NFC")
    .toLowerCase()
    .replace(/^\/+|\/+$/g, "");
  if (wanted === "") return from;
  const at = site.indexOf(from.file);
  switch (wanted) {
    case "next":
      return (at >= 0 && site.pages[at + 1]) || null;
    case "prev":
      return (at >= 0 && site.pages[at - 1]) || null;
    case "home":
    case "toc":
      return site.lookup("");
    case "up":
      return site.lookup(from.url.split("/").slice(0, -1).join("/"));
  }
  const names = namesOf(site);
  const key = stripped(wanted);
  const exact = names.byFile.get(wanted) ?? site.lookup(key);
  if (exact) return exact;
  const matches = names.bySlug.get(lastSegment(key))?.filter(({ path }) => path === key || path.endsWith(`/${key}`));
  if (matches && matches.length > 0)
    return nearest(
      matches.map(({ page }) => page),
      from,
    );
  return key.includes("/") ? null : nearest(names.byTitle.get(slugLike(wanted)) ?? [], from);
}

/** The page that the ordinary markdown link `href` in the page `from` points to, or null. */
export function resolvePageLink(site: Site, from: SitePage, href: string): SitePage | null {
  const path = resolveRelative(from.file, href);
  if (path === null) return null;
  const key = path.toLowerCase();
  return namesOf(site).byFile.get(key) ?? site.lookup(stripped(key));
}

/** The pages of a site by what links call them. A page of a large site has many links: none of them may look at every page. */
interface Names {
  /** By the file's path in lower case. */
  readonly byFile: ReadonlyMap<string, SitePage>;
  /** By the last segment of `path`, which is the file's without numbers and extension. */
  readonly bySlug: ReadonlyMap<string, readonly { readonly path: string; readonly page: SitePage }[]>;
  readonly byTitle: ReadonlyMap<string, readonly SitePage[]>;
}

const known = new WeakMap<Site, Names>();

function namesOf(site: Site): Names {
  const found = known.get(site);
  if (found) return found;
  const files = site.pages.map((page) => ({ page, file: page.file.toLowerCase() }));
  const paths = files.map(({ page, file }) => ({ page, path: stripped(file) }));
  const names = {
    // Where only case tells files apart, the first in reading order is meant.
    byFile: new Map(files.toReversed().map(({ page, file }) => [file, page])),
    bySlug: Map.groupBy(paths, ({ path }) => lastSegment(path)),
    byTitle: Map.groupBy(site.pages, ({ title }) => slugLike(title)),
  };
  known.set(site, names);
  return names;
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The path with each segment's number and the page extension taken off. */
/** A path as addresses and wiki links have it: without numbers and without a page's extension. */
export function stripped(path: string): string {
  const segments = path.split("/");
  return segments.map((segment, i) => parseName(segment, i === segments.length - 1 ? "file" : "folder").slug).join("/");
}

function slugLike(text: string): string {
  return text.toLowerCase().replace(/[-_\s]+/g, "-");
}

/** Of several pages with the name, the one in the same folder, else the first in reading order. */
function nearest(pages: readonly SitePage[], from: SitePage): SitePage | null {
  const folder = from.file.split("/").slice(0, -1).join("/");
  return pages.find((page) => page.file.split("/").slice(0, -1).join("/") === folder) ?? pages[0] ?? null;
}
