/** One page of a published site, rendered. */
import type { ImageSize, RenderContext, RenderedDocument } from "../../reader/document/render.ts";
import { type Link, type Page, renderPage } from "../../reader/page/page.ts";
import { firstPictureOf, type Picture, shortened, summaryOf } from "../../reader/page/summary.ts";
import { diagramPage, drawingOf } from "../../shared/document/diagrams.ts";
import { resolveRelative } from "../../shared/fsml/path.ts";
import { resolvePageLink, resolveWikiLink } from "../../shared/fsml/resolve.ts";
import type { SitePage } from "../../shared/fsml/site.ts";
import { canonicalOf, pathOf, type SiteAddress, sourceUrlOf } from "./address.ts";
import { assetAt, versionOf } from "./assets.ts";
import { navigationFor } from "./navigation.ts";
import type { PublishedSite } from "./store.ts";

type Published = Pick<PublishedSite, "manifest" | "site">;

/** Addresses below the site's root that are no document's. */
export const ALL_PAGES = "_pages";
export const FEED = "feed.xml";
export const SEARCH = "_search";
export const SITEMAP = "sitemap.xml";

/** What the origin serves for all pages. */
export const READER_ASSETS = { css: "/reader/theme.css", script: "/reader/reader.iife.js" } as const;

/** The page, all of it. `article` is its document, rendered in its surroundings. */
export function renderSitePage(
  address: SiteAddress,
  published: Published,
  page: SitePage,
  article: RenderedDocument,
): string {
  const { site } = published;
  const canonical = canonicalOf(address, published.manifest);
  const at = site.indexOf(page.file);
  const linkTo = (target: SitePage | undefined) => (target ? linkOf(address, target) : null);
  return renderPage({
    ...frameOf(address, published, page),
    lang: typeof article.frontMatter.lang === "string" ? article.frontMatter.lang : "en",
    title: article.heading ?? article.title ?? page.title,
    description: descriptionOf(article),
    canonical: canonical.origin + pathOf(canonical, page.url),
    image: pictureOf(address, article),
    source: pathOf(address, sourceUrlOf(page)),
    article,
    previous: linkTo(site.pages[at - 1]),
    next: linkTo(site.pages[at + 1]),
  });
}

/** What a page of the site has around its text. */
export function frameOf(
  address: SiteAddress,
  { manifest, site }: Published,
  page: SitePage,
): Pick<Page, "noindex" | "site" | "nav" | "breadcrumbs" | "feed" | "search" | "assets"> {
  const home: Link = { title: manifest.title, href: pathOf(address, "") };
  const hrefOf = (target: SitePage) => pathOf(address, target.url);
  return {
    noindex: manifest.visibility !== "public",
    site: home,
    nav: navigationFor(site, page, hrefOf, pathOf(address, ALL_PAGES)),
    breadcrumbs: page.file === site.lookup("")?.file ? [] : [home, ...folders(address, page, site.lookup)],
    feed: pathOf(address, FEED),
    search:
      manifest.search.titles.length === 0 ? null : { index: pathOf(address, SEARCH), script: "/reader/search.js" },
    assets: READER_ASSETS,
  };
}

/** What the page's document finds around it. */
export function surroundings(
  address: SiteAddress,
  { manifest, site }: Published,
  page: SitePage,
): Required<RenderContext> {
  const assetOf = (path: string) => {
    const asset = resolveRelative(page.file, path);
    const known = asset === null ? null : assetAt(manifest, asset);
    return asset === null || known === null ? null : { path: asset, ...known };
  };
  return {
    resolvePage(target, written) {
      const found = written === "wiki" ? resolveWikiLink(site, page, target) : resolvePageLink(site, page, target);
      return found ? linkOf(address, found) : null;
    },
    resolveAsset(path) {
      const asset = assetOf(path);
      return asset && pathOf(address, asset.path) + versionOf(asset);
    },
    frameOf: (group) => `${pathOf(address, page.url)}?frame=${group}`,
    sizeOf: (path) => sizeOf(assetOf(path)),
    diagramOf(text) {
      const path = drawingOf(text);
      const drawing = assetAt(manifest, path);
      if (!drawing) return { page: diagramPage(text) };
      return { picture: pathOf(address, path) + versionOf(drawing), size: sizeOf(drawing) };
    },
  };
}

function sizeOf(asset: { width?: number | undefined; height?: number | undefined } | null): ImageSize | null {
  return asset?.width && asset.height ? { width: asset.width, height: asset.height } : null;
}

/** The words of the front matter, else the first ones of the text. */
export function descriptionOf({ frontMatter, html }: RenderedDocument): string | null {
  for (const text of [frontMatter.description, frontMatter.abstract])
    if (typeof text === "string" && text.trim() !== "") return shortened(text);
  return summaryOf(html);
}

function pictureOf({ origin }: SiteAddress, { html }: RenderedDocument): Picture | null {
  const picture = firstPictureOf(html);
  const url = picture && URL.parse(picture.src, origin);
  return url && { ...picture, src: url.href };
}

function linkOf(address: SiteAddress, { title, url }: SitePage): Link {
  return { title, href: pathOf(address, url) };
}

/** Links to the folders that the page stands in, as far as they have a page. */
function folders(address: SiteAddress, page: SitePage, lookup: (url: string) => SitePage | null): Link[] {
  const segments = page.url.split("/").slice(0, -1);
  return segments.flatMap((_, i) => {
    const folder = lookup(segments.slice(0, i + 1).join("/"));
    return folder && folder.file !== page.file ? [linkOf(address, folder)] : [];
  });
}
