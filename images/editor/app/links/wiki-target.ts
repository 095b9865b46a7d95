/** What a wiki link is written with, so that it means one page and no other. */
import { slugOf } from "../../../../reader/document/slug.ts";
import { parseName } from "../../../../shared/fsml/name.ts";
import { resolveWikiLink } from "../../../../shared/fsml/resolve.ts";
import type { Site, SitePage } from "../../../../shared/fsml/site.ts";

/** Characters that end a target, or its part before the heading. */
const ENDS = /[[\]|#\n]/;

/** The shortest target that, in the page `from`, resolves to exactly `page`; null if no link can name it. */
export function wikiTarget(site: Site, from: SitePage, page: SitePage): string | null {
  const candidates = [...endsOf(pathOf(page)), page.file.replace(/\.q?md$/i, ""), page.file];
  return (
    candidates
      .filter((target) => target.trim() !== "" && !ENDS.test(target))
      .sort((a, b) => a.length - b.length)
      .find((target) => resolveWikiLink(site, from, target)?.file === page.file) ?? null
  );
}

/** Without numbers and extension. A folder's own page is its folder. */
function pathOf({ file, url }: SitePage): readonly string[] {
  const segments = file.split("/");
  const slugs = segments.map((each, i) => parseName(each, i === segments.length - 1 ? "file" : "folder").slug);
  return slugs.at(-1)?.toLowerCase() === "index" && url !== "" ? url.split("/") : slugs;
}

const endsOf = (path: readonly string[]) => path.map((_segment, i) => path.slice(i).join("/"));

/** How a link to a heading of it goes on behind the `#`. Its id where its words would lead elsewhere or end the link. */
export function wikiFragment({ text, id }: { readonly text: string; readonly id: string }): string {
  return slugOf(text) === id && text !== "" && !/[[\]|\n]/.test(text) ? text : id;
}
