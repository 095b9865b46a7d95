/** A project's published site: which file answers at which URL path, and the navigation (formats.md §1). */
import { parseName } from "./name.ts";
import { isPublishablePage } from "./path.ts";
import { buildTree, type FolderNode, indexOf, isIndex, type TreeNode, titleOf } from "./tree.ts";

export interface SitePage {
  readonly file: string;
  /** Below `/@user/project/`, decoded, without leading or trailing slash; "" is the project's root. */
  readonly url: string;
  readonly title: string;
}

/** One line of the navigation. A folder without `index.md` has no page of its own and `page` is null. */
export interface NavNode {
  readonly title: string;
  readonly page: SitePage | null;
  readonly children: readonly NavNode[];
}

export interface Site {
  /** In reading order; previous and next are the neighbours. */
  readonly pages: readonly SitePage[];
  readonly nav: readonly NavNode[];
  /** Files that are not reachable because a file that sorts before them has the same URL. */
  readonly conflicts: readonly { readonly file: string; readonly wins: string; readonly url: string }[];
  /** The page that answers at `urlPath` (decoded; case and a trailing slash do not matter), or null. */
  lookup(urlPath: string): SitePage | null;
}

export interface SiteInput {
  readonly paths: Iterable<string>;
  /** `title:` of a page's front matter, where it has one. */
  readonly titles: ReadonlyMap<string, string>;
  readonly projectTitle: string;
  /** `nav.order` of the configuration: slugs of the root that come first. */
  readonly navOrder?: readonly string[];
}

/** Lays out the site. Never throws: what can't be reached is named in `conflicts`. */
export function layOutSite({ paths, titles, projectTitle, navOrder = [] }: SiteInput): Site {
  const root = reorder(buildTree([...paths].filter(isPublishablePage)), navOrder);
  const pages: SitePage[] = [];
  const conflicts: Site["conflicts"][number][] = [];
  const routes = new Map<string, SitePage>();

  const title = (node: TreeNode) =>
    titleOf(node, node.kind === "file" ? (titles.get(node.path) ?? null) : null, projectTitle);

  const claim = (url: string, page: SitePage): boolean => {
    const key = routeKey(url);
    const holder = routes.get(key);
    if (holder && holder.file !== page.file) {
      conflicts.push({ file: page.file, wins: holder.file, url });
      return false;
    }
    routes.set(key, page);
    return true;
  };

  const walk = (folder: FolderNode, prefix: string): NavNode[] => {
    const nodes: NavNode[] = [];
    const index = indexOf(folder);
    if (index) {
      const page: SitePage = { file: index.path, url: prefix, title: title(index) };
      if (claim(prefix, page)) pages.push(page);
    }
    for (const child of folder.children) {
      const { slug } = parseName(child.name, child.kind);
      const url = prefix === "" ? slug : `${prefix}/${slug}`;
      if (child.kind === "folder") {
        const children = walk(child, url);
        const own = indexOf(child);
        const page = own ? (routes.get(routeKey(url)) ?? null) : null;
        nodes.push({ title: page?.file === own?.path && page ? page.title : title(child), page, children });
      } else if (!isIndex(child)) {
        const page: SitePage = { file: child.path, url, title: title(child) };
        if (!claim(url, page)) continue;
        pages.push(page);
        nodes.push({ title: page.title, page, children: [] });
      }
    }
    return nodes;
  };
  const nav = walk(root, "");

  // A folder without index.md answers with its first page; the page's own address stays the canonical one.
  const fallBack = (folder: FolderNode, prefix: string): SitePage | null => {
    let first: SitePage | null = routes.get(routeKey(prefix)) ?? null;
    for (const child of folder.children) {
      const { slug } = parseName(child.name, child.kind);
      const url = prefix === "" ? slug : `${prefix}/${slug}`;
      const page = child.kind === "folder" ? fallBack(child, url) : (routes.get(routeKey(url)) ?? null);
      first ??= page;
    }
    if (first && !routes.has(routeKey(prefix))) routes.set(routeKey(prefix), first);
    return first;
  };
  fallBack(root, "");

  return { pages, nav, conflicts, lookup: (urlPath) => routes.get(routeKey(urlPath)) ?? null };
}

/** `/@user/project/` + this is a page's address: each segment percent-encoded. */
export function encodeUrlPath(url: string): string {
  return url.split("/").map(encodeURIComponent).join("/");
}

function routeKey(urlPath: string): string {
  return urlPath
    .normalize("NFC")
    .toLowerCase()
    .replace(/^\/+|\/+$/g, "");
}

function reorder(root: FolderNode, order: readonly string[]): FolderNode {
  if (order.length === 0) return root;
  const rank = (node: TreeNode) => {
    const slug = parseName(node.name, node.kind).slug.toLowerCase();
    const at = order.findIndex((entry) => entry.normalize("NFC").toLowerCase() === slug);
    return at === -1 ? order.length : at;
  };
  return { ...root, children: root.children.toSorted((a, b) => rank(a) - rank(b)) };
}
