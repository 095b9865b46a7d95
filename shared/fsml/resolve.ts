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
  const at = site.pages.findIndex((page) => page.file === from.file);
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
  const exact = site.pages.find((page) => page.file.toLowerCase() === wanted) ?? site.lookup(stripped(wanted));
  if (exact) return exact;
  const key = stripped(wanted);
  const matches = site.pages.filter((page) => {
    const own = stripped(page.file.toLowerCase());
    return own === key || own.endsWith(`/${key}`);
  });
  if (matches.length > 0) return nearest(matches, from);
  if (key.includes("/")) return null;
  return nearest(
    site.pages.filter((page) => page.title.toLowerCase() === wanted || slugLike(page.title) === slugLike(wanted)),
    from,
  );
}

/** The page that the ordinary markdown link `href` in the page `from` points to, or null. */
export function resolvePageLink(site: Site, from: SitePage, href: string): SitePage | null {
  const path = resolveRelative(from.file, href);
  if (path === null) return null;
  const key = path.toLowerCase();
  return site.pages.find((page) => page.file.toLowerCase() === key) ?? site.lookup(stripped(key));
}

/** The path with each segment's number and the page extension taken off. */
function stripped(path: string): string {
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
