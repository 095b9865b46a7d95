/** A published page: a complete HTML document that needs no script. */
import type { RenderedDocument } from "../document/render.ts";
import { type Html, html, trusted } from "../html/html.ts";
import { editPlace } from "./edit-link.ts";
import { head } from "./head.ts";
import { navigation } from "./navigation.ts";
import { outline } from "./outline.ts";
import type { Picture } from "./summary.ts";

export interface Link {
  readonly title: string;
  readonly href: string;
}

export interface NavNode {
  readonly title: string;
  /** Null for a folder without a page of its own. */
  readonly href: string | null;
  /** True for the page that is shown. */
  readonly current: boolean;
  readonly children: readonly NavNode[];
}

export interface Page {
  /** BCP 47 tag of the document's language. */
  readonly lang: string;
  readonly title: string;
  readonly description: string | null;
  /** The page's one absolute URL, or null where it has none (a preview). */
  readonly canonical: string | null;
  readonly noindex: boolean;
  /** Shown where the page is linked to; its `src` is absolute. */
  readonly image: Picture | null;
  /** URL of the document's markdown. */
  readonly source: string | null;
  /** URL of the site's Atom feed. */
  readonly feed: string | null;
  /** The search index and the script that reads it; both are fetched when somebody searches. */
  readonly search: { readonly index: string; readonly script: string } | null;
  readonly site: Link;
  readonly nav: readonly NavNode[];
  /** From the site's root down to the folder of the page; the page itself is not in it. */
  readonly breadcrumbs: readonly Link[];
  readonly article: RenderedDocument;
  readonly previous: Link | null;
  readonly next: Link | null;
  /** URLs of the stylesheet and of the script, on the page's own origin. */
  readonly assets: { readonly css: string; readonly script: string };
}

/** Writes the page. Every value is escaped here; only `article.html` goes in as it is. */
export function renderPage(page: Page): string {
  return html`<!doctype html>
<html lang="${page.lang}">
<head>
${head(page)}</head>
<body class="page">
<a class="skip" href="#page:content">Skip to the content</a>
${header(page)}
<div class="columns">
${navigation(page.nav)}
<main id="page:content" tabindex="-1">
${breadcrumbs(page.breadcrumbs)}<article class="prose">
${ownHeading(page)}${trusted(withFirstImageAtOnce(page.article.html))}</article>
${neighbours(page)}</main>
${outline(page.article.headings)}
</div>
<footer class="site-footer"><p><a href="${page.site.href}">${page.site.title}</a></p></footer>
</body>
</html>
`.text;
}

/** The button opens the navigation on narrow screens, as a popover: a browser does that without a script. */
function header({ site, nav, search }: Page): Html {
  const menu = html`<button class="menu-button" type="button" popovertarget="page:nav">Contents</button>\n`;
  const index = search && html` data-search-index="${search.index}" data-search-script="${search.script}"`;
  return html`<header class="site-header"${index}>
${nav.length > 0 ? menu : null}<a class="site-title" href="${site.href}">${site.title}</a>
${editPlace}</header>`;
}

/** Images are fetched when they come near; the first one is what the page opens with. */
function withFirstImageAtOnce(article: string): string {
  return article.replace(/(<img [^>]*) loading="lazy"/, "$1");
}

/** A document without any title of its own gets the one that its file name gives. */
function ownHeading({ article, title }: Page): Html | null {
  return article.heading === null && article.title === null ? html`<h1>${title}</h1>\n` : null;
}

function breadcrumbs(links: readonly Link[]): Html | null {
  if (links.length === 0) return null;
  return html`<nav class="breadcrumbs" aria-label="Breadcrumbs"><ol>${links.map(
    ({ title, href }) => html`<li><a href="${href}">${title}</a></li>`,
  )}</ol></nav>\n`;
}

function neighbours({ previous, next }: Page): Html | null {
  if (!previous && !next) return null;
  return html`<nav class="neighbours" aria-label="Previous and next page">
${previous && html`<a class="previous" rel="prev" href="${previous.href}"><span>Previous</span> ${previous.title}</a>\n`}${
  next && html`<a class="next" rel="next" href="${next.href}"><span>Next</span> ${next.title}</a>\n`
}</nav>
`;
}
