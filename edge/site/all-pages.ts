/** The page that lists all pages of a site, in the order of its navigation. */

import { madeArticle } from "../../reader/document/render.ts";
import { type Html, html } from "../../reader/html/html.ts";
import { renderPage } from "../../reader/page/page.ts";
import type { NavNode, SitePage } from "../../shared/fsml/site.ts";
import { pathOf, type SiteAddress } from "./address.ts";
import { frameOf } from "./page.ts";
import type { PublishedSite } from "./store.ts";

export function renderAllPages(address: SiteAddress, published: PublishedSite, home: SitePage): string {
  const frame = frameOf(address, published, home);
  const list = (nodes: readonly NavNode[]): Html | null =>
    nodes.length === 0
      ? null
      : html`<ul>\n${nodes.map(({ title, page, children }) => {
          const label = page ? html`<a href="${pathOf(address, page.url)}">${title}</a>` : title;
          return html`<li>${label}${list(children)}</li>\n`;
        })}</ul>\n`;
  return renderPage({
    ...frame,
    lang: "en",
    title: "All pages",
    description: null,
    canonical: null,
    noindex: true,
    breadcrumbs: [frame.site],
    image: null,
    source: null,
    article: madeArticle(list(published.site.nav)?.text ?? ""),
    previous: null,
    next: null,
  });
}
