/** A project's published site: which file answers at which URL path, and the navigation (formats.md §1). */
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
  /** Where the page of that file stands in `pages`; -1 if it is none of them. */
  indexOf(file: string): number;
  /** The lines of navigation that lead to the page of that file, from the root down to its own; the root's own page has none. */
  trailTo(file: string): readonly NavNode[];
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
  const positions = new Map<string, number>();
  const parents = new Map<NavNode, NavNode>();
  const nodes = new Map<string, NavNode>();

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
    positions.set(page.file, pages.push(page) - 1);
    return true;
  };

  const walk = (folder: FolderNode, prefix: string): NavNode[] => {
    const lines: NavNode[] = [];
    const line = (node: NavNode) => {
      lines.push(node);
      if (node.page && !nodes.has(node.page.file)) nodes.set(node.page.file, node);
      for (const child of node.children) parents.set(child, node);
    };
    const index = indexOf(folder);
    if (index) {
      const page: SitePage = { file: index.path, url: prefix, title: title(index) };
      claim(prefix, page);
    }
    for (const child of folder.children) {
      const url = prefix === "" ? child.slug : `${prefix}/${child.slug}`;
      if (child.kind === "folder") {
        const children = walk(child, url);
        const own = indexOf(child);
        const page = own ? (routes.get(routeKey(url)) ?? null) : null;
        line({ title: page?.file === own?.path && page ? page.title : title(child), page, children });
      } else if (!isIndex(child)) {
        const page: SitePage = { file: child.path, url, title: title(child) };
        if (!claim(url, page)) continue;
        line({ title: page.title, page, children: [] });
      } else if (index && child !== index) {
        conflicts.push({ file: child.path, wins: index.path, url: prefix });
      }
    }
    return lines;
  };
  const nav = walk(root, "");

  // A folder without index.md answers with its first page; the page's own address stays the canonical one.
  const fallBack = (folder: FolderNode, prefix: string): SitePage | null => {
    let first: SitePage | null = routes.get(routeKey(prefix)) ?? null;
    for (const child of folder.children) {
      const url = prefix === "" ? child.slug : `${prefix}/${child.slug}`;
      const page = child.kind === "folder" ? fallBack(child, url) : (routes.get(routeKey(url)) ?? null);
      first ??= page;
    }
    if (first && !routes.has(routeKey(prefix))) routes.set(routeKey(prefix), first);
    return first;
  };
  fallBack(root, "");

  return {
    pages,
    nav,
    conflicts,
    lookup: (urlPath) => routes.get(routeKey(urlPath)) ?? null,
    indexOf: (file) => positions.get(file) ?? -1,
    trailTo(file) {
      const trail: NavNode[] = [];
      for (let node = nodes.get(file) ?? null; node; node = parents.get(node) ?? null) trail.unshift(node);
      return trail;
    },
  };
}

/** `/@user/project/` + this is a page's address: each segment percent-encoded. */
export function encodeUrlPath(url: string): string {
  return url.split("/").map(encodeURIComponent).join("/");
}

/** Two URL paths with the same key are one address. */
export function routeKey(urlPath: string): string {
  return urlPath
    .normalize("NFC")
    .toLowerCase()
    .replace(/^\/+|\/+$/g, "");
}

function reorder(root: FolderNode, order: readonly string[]): FolderNode {
  if (order.length === 0) return root;
  const rank = (node: TreeNode) => {
    const slug = node.slug.toLowerCase();
    const at = order.findIndex((entry) => entry.normalize("NFC").toLowerCase() === slug);
    return at === -1 ? order.length : at;
  };
  return { ...root, children: root.children.toSorted((a, b) => rank(a) - rank(b)) };
}
