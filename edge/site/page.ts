/** One page of a published site, rendered. */
import { renderDocument } from "../../reader/document/render.ts";
import { type Link, type NavNode as PageNavNode, renderPage } from "../../reader/page/page.ts";
import { resolveRelative } from "../../shared/fsml/path.ts";
import { resolvePageLink, resolveWikiLink } from "../../shared/fsml/resolve.ts";
import { encodeUrlPath, type NavNode, type SitePage } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import type { PublishedSite } from "./store.ts";

const DESCRIPTION_CHARS = 200;

/** @param origin of the address that people see */
export function renderSitePage(
  origin: string,
  { manifest, site }: Pick<PublishedSite, "manifest" | "site">,
  page: SitePage,
  source: string,
): string {
  const root = `/@${manifest.user}/${manifest.name}`;
  const hrefOf = (target: SitePage) => (target.url === "" ? root : `${root}/${encodeUrlPath(target.url)}`);
  const linkOf = (target: SitePage): Link => ({ title: target.title, href: hrefOf(target) });

  const article = renderDocument(source, {
    resolvePage(target, written) {
      const found = written === "wiki" ? resolveWikiLink(site, page, target) : resolvePageLink(site, page, target);
      return found ? linkOf(found) : null;
    },
    frameOf: (group) => `${hrefOf(page)}?frame=${group}`,
    resolveAsset(path) {
      const asset = resolveRelative(page.file, path);
      const known = asset === null ? null : assetAt(manifest, asset);
      // The hash makes the address immutable: caches may keep it for ever.
      return asset === null || !known ? null : `${root}/${encodeUrlPath(asset)}?v=${known.sha256.slice(0, 12)}`;
    },
  });

  const nav = (nodes: readonly NavNode[]): PageNavNode[] =>
    nodes.map((node) => ({
      title: node.title,
      href: node.page ? hrefOf(node.page) : null,
      current: node.page?.file === page.file,
      children: nav(node.children),
    }));
  const at = site.pages.findIndex(({ file }) => file === page.file);
  const previous = site.pages[at - 1];
  const next = site.pages[at + 1];
  const home = site.lookup("");
  const title = article.heading ?? article.title ?? page.title;
  return renderPage({
    lang: typeof article.frontMatter.lang === "string" ? article.frontMatter.lang : "en",
    title,
    description: descriptionOf(article.frontMatter),
    canonical: origin + hrefOf(page),
    noindex: manifest.visibility !== "public",
    site: { title: manifest.title, href: root },
    nav: nav(site.nav),
    breadcrumbs:
      page.file === home?.file ? [] : [{ title: manifest.title, href: root }, ...folders(page, site.lookup, linkOf)],
    article,
    previous: previous ? linkOf(previous) : null,
    next: next ? linkOf(next) : null,
    edit: null,
    assets: { css: "/reader/theme.css", script: "/reader/reader.iife.js" },
  });
}

/** The asset at `path`, which comes from a reader or a document and may be a name that every object has. */
export function assetAt({ assets }: Manifest, path: string): Manifest["assets"][string] | null {
  return Object.hasOwn(assets, path) ? (assets[path] ?? null) : null;
}

/** Links to the folders that the page stands in, as far as they have a page. */
function folders(page: SitePage, lookup: (url: string) => SitePage | null, linkOf: (page: SitePage) => Link): Link[] {
  const segments = page.url.split("/").slice(0, -1);
  return segments.flatMap((_, i) => {
    const folder = lookup(segments.slice(0, i + 1).join("/"));
    return folder && folder.file !== page.file ? [linkOf(folder)] : [];
  });
}

function descriptionOf(frontMatter: Readonly<Record<string, unknown>>): string | null {
  const text = frontMatter.description ?? frontMatter.abstract;
  return typeof text === "string" ? text.replace(/\s+/g, " ").trim().slice(0, DESCRIPTION_CHARS) : null;
}
