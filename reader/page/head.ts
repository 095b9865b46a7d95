/** What a page says about itself to browsers, search engines, messengers and feed readers. */
import { type Html, html } from "../html/html.ts";
import type { Page } from "./page.ts";

export function head(page: Page): Html {
  const { title, description, canonical, site, assets } = page;
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === site.title ? title : `${title} · ${site.title}`}</title>
${description && html`<meta name="description" content="${description}">\n`}${
  canonical && html`<link rel="canonical" href="${canonical}">\n`
}${page.noindex ? html`<meta name="robots" content="noindex">\n` : null}${canonical && card(page, canonical)}${
  page.source && html`<link rel="alternate" type="text/markdown" href="${page.source}">\n`
}${
  page.feed && html`<link rel="alternate" type="application/atom+xml" title="${site.title}" href="${page.feed}">\n`
}<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${assets.css}">
<script src="${assets.script}" defer></script>
`;
}

/** Open Graph, and what Twitter's cards ask for beyond it. */
function card({ title, description, site, image }: Page, url: string): Html {
  const property = (name: string, value: string | number | null) =>
    value === null || value === "" ? null : html`<meta property="og:${name}" content="${value}">\n`;
  return html`${property("type", title === site.title ? "website" : "article")}${property("site_name", site.title)}${property(
    "title",
    title,
  )}${property("description", description)}${property("url", url)}${
    image && [
      property("image", image.src),
      property("image:alt", image.alt),
      property("image:width", image.width),
      property("image:height", image.height),
    ]
  }<meta name="twitter:card" content="${image ? "summary_large_image" : "summary"}">
`;
}
