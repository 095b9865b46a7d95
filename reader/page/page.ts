/** A published page: a complete HTML document that needs no script. */
import type { RenderedDocument } from "../document/render.ts";
import { type Html, html, trusted } from "../html/html.ts";
import { navigation } from "./navigation.ts";
import { outline } from "./outline.ts";

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
  readonly site: Link;
  readonly nav: readonly NavNode[];
  /** From the site's root down to the folder of the page; the page itself is not in it. */
  readonly breadcrumbs: readonly Link[];
  readonly article: RenderedDocument;
  readonly previous: Link | null;
  readonly next: Link | null;
  /** Where the reader may edit the page, if they may. */
  readonly edit: string | null;
  /** URLs of the stylesheet and of the script, on the page's own origin. */
  readonly assets: { readonly css: string; readonly script: string };
}

/** Writes the page. Every value is escaped here; only `article.html` goes in as it is. */
export function renderPage(page: Page): string {
  return html`<!doctype html>
<html lang="${page.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title === page.site.title ? page.title : `${page.title} · ${page.site.title}`}</title>
${page.description === null ? null : html`<meta name="description" content="${page.description}">\n`}${
  page.canonical === null ? null : html`<link rel="canonical" href="${page.canonical}">\n`
}${page.noindex ? html`<meta name="robots" content="noindex">\n` : null}<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${page.assets.css}">
<script src="${page.assets.script}" defer></script>
</head>
<body class="page">
<a class="skip" href="#page:content">Skip to the content</a>
${header(page)}
<div class="columns">
${navigation(page.nav)}
<main id="page:content" tabindex="-1">
${breadcrumbs(page.breadcrumbs)}<article class="prose">
${ownHeading(page)}${trusted(page.article.html)}</article>
${neighbours(page)}</main>
${outline(page.article.headings)}
</div>
<footer class="site-footer"><p><a href="${page.site.href}">${page.site.title}</a></p></footer>
</body>
</html>
`.text;
}

/** The button opens the navigation on narrow screens, as a popover: a browser does that without a script. */
function header({ site, nav, edit }: Page): Html {
  const menu = html`<button class="menu-button" type="button" popovertarget="page:nav">Contents</button>\n`;
  return html`<header class="site-header">
${nav.length > 0 ? menu : null}<a class="site-title" href="${site.href}">${site.title}</a>
${edit === null ? null : html`<a class="edit" href="${edit}">Edit</a>\n`}</header>`;
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
