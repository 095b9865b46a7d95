/** What changes in a document's links when files get other names: each leads then to what it led to before (formats.md §1, "Moves"). */
import type { TextChange } from "../document/changes.ts";
import { type LinkPlace, linkPlaces } from "../document/link-places.ts";
import { type Rename, renamed } from "./moves.ts";
import { encodeSegment, relativeLink, resolveRelative } from "./path.ts";
import { resolvePageLink, resolveWikiLink, stripped } from "./resolve.ts";
import type { Site, SitePage } from "./site.ts";

/** The project at one moment. */
export interface Layout {
  readonly site: Site;
  readonly files: ReadonlySet<string>;
  /** All folders that hold a file. */
  readonly folders: ReadonlySet<string>;
}

export function layoutOf(site: Site, paths: readonly string[]): Layout {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) folders.add(path.slice(0, at));
  return { site, files: new Set(paths), folders };
}

export interface Relinking {
  readonly renames: readonly Rename[];
  readonly before: Layout;
  readonly after: Layout;
}

/**
 * @param file the document's path before
 * @returns changes of the text, in order; links that led nowhere are left as they are
 */
export function relinked(source: string, file: string, { renames, before, after }: Relinking): TextChange[] {
  const nowAt = renamed(renames, file);
  const [old, now] = [pageAt(before.site, file), pageAt(after.site, nowAt)];
  return linkPlaces(source).flatMap(({ kind, from, to, target }) => {
    const lead = kind === "wiki" ? wikiTarget : addressTarget;
    const meant = lead(before, old, target);
    if (meant === null) return [];
    const wanted: Led = { path: renamed(renames, meant.path), isByName: meant.isByName };
    const leadsTo = lead(after, now, target);
    if (leadsTo?.path === wanted.path && leadsTo.isByName === wanted.isByName) return [];
    const insert = kind === "wiki" ? wikiFor(after, now, target, wanted) : addressFor(after, now, target, wanted);
    return insert === null ? [] : [{ from, to, insert }];
  });
}

function pageAt(site: Site, file: string): SitePage {
  return site.pages[site.indexOf(file)] ?? { file, url: "", title: "" };
}

/** Where a link leads, and whether it names the file as it is called, with its numbers. */
interface Led {
  readonly path: string;
  readonly isByName: boolean;
}

/** They mean a place in the order, whatever stands there. */
const PLACES = new Set(["next", "prev", "home", "up", "toc"]);

function wikiTarget({ site }: Layout, from: SitePage, target: LinkPlace["target"]): Led | null {
  if (PLACES.has(target.toLowerCase())) return null;
  const found = resolveWikiLink(site, from, target)?.file;
  return found === undefined ? null : { path: found, isByName: isAlike(bare(target), bare(found)) };
}

/** A file, a page by its address, or a folder. */
function addressTarget({ site, files, folders }: Layout, from: SitePage, target: string): Led | null {
  const path = resolveRelative(from.file, target);
  if (path === null) return null;
  if (files.has(path)) return { path, isByName: true };
  const page = resolvePageLink(site, from, target)?.file;
  if (page !== undefined && isAlike(bare(path), bare(page))) return { path: page, isByName: true };
  // A folder's address is that of its first page, too; the folder is what was written.
  if (folders.has(path)) return { path, isByName: true };
  return page === undefined ? null : { path: page, isByName: false };
}

/** The shortest text that means it, in the manner of the one before. Null where no text in brackets can. */
function wikiFor({ site }: Layout, from: SitePage, target: string, wanted: Led): string | null {
  const isMeant = (form: string) => !/[[\]|#]/.test(form) && resolveWikiLink(site, from, form)?.file === wanted.path;
  return formsOf(target, wanted).find(isMeant) ?? null;
}

function formsOf(target: string, { path, isByName }: Led): string[] {
  const exact = hasEnding(target) ? [path] : [bare(path), path];
  if (isByName) return exact;
  const short = stripped(path);
  return target.includes("/") ? [short, ...exact] : [short.slice(short.lastIndexOf("/") + 1), short, ...exact];
}

function addressFor(after: Layout, from: SitePage, target: string, wanted: Led): string | null {
  const [, address = "", tail = ""] = /^([^?#]*)(.*)$/s.exec(target) ?? [];
  const exact = hasEnding(address) || !after.site.pages.some(({ file }) => file === wanted.path);
  const forms = exact ? [wanted.path] : [wanted.isByName ? bare(wanted.path) : stripped(wanted.path), wanted.path];
  const written = forms.map((form) => {
    const end = address.endsWith("/") ? "/" : "";
    if (address.startsWith("/")) return `/${form.split("/").map(encodeSegment).join("/")}${end}`;
    const link = relativeLink(from.file, form) + end;
    return address.startsWith("./") && !link.startsWith("..") ? `./${link}` : link;
  });
  const found = written.find((link) => addressTarget(after, from, link)?.path === wanted.path);
  return found === undefined ? null : found + tail;
}

const ENDING = /\.q?md$/i;
const hasEnding = (path: string) => ENDING.test(path);
const bare = (path: string) => path.replace(ENDING, "");

function isAlike(one: string, other: string): boolean {
  return one.normalize("NFC").toLowerCase() === other.toLowerCase();
}
