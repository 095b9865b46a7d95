/** `/@user`: the public sites of a person. Who has none has no page, and nobody learns who has an account. */
import type { Context } from "hono";
import { madeArticle } from "../../reader/document/render.ts";
import { html } from "../../reader/html/html.ts";
import { renderPage } from "../../reader/page/page.ts";
import { Handle } from "../../shared/daemon/actor.ts";
import { notFoundNotice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { READER_ASSETS } from "./page.ts";
import { PAGE_POLICY } from "./pages.ts";
import { nameOf, type PublicSite, publicSites } from "./public-sites.ts";

const MAX_SITES = 500;

export async function serveProfile(context: Context<App>): Promise<Response> {
  const handle = Handle.safeParse(context.req.param("user")?.slice(1).toLowerCase());
  if (!handle.success) return notFoundNotice();
  const { database, settings } = context.var;
  const [sites, name] = await Promise.all([
    publicSites(database, handle.data, MAX_SITES),
    nameOf(database, handle.data),
  ]);
  if (sites.length === 0 || name === null) return notFoundNotice();
  return new Response(profilePage(settings.PUBLIC_ORIGIN, handle.data, name, sites), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": PAGE_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cache-control": "public, max-age=0, must-revalidate",
    },
  });
}

function profilePage(origin: string, handle: string, name: string, sites: readonly PublicSite[]): string {
  const items = sites.map(({ url, title, updated }) => {
    const day = updated.toISOString().slice(0, 10);
    return html`<li><a href="/${url}">${title}</a> <span class="date">${day}</span></li>\n`;
  });
  return renderPage({
    lang: "en",
    title: name,
    description: `What ${name} has published`,
    canonical: `${origin}/@${handle}`,
    noindex: false,
    image: null,
    source: null,
    feed: null,
    search: null,
    site: { title: `@${handle}`, href: `/@${handle}` },
    nav: [],
    breadcrumbs: [],
    article: madeArticle(html`<ul>\n${items}</ul>\n`.text),
    previous: null,
    next: null,
    assets: READER_ASSETS,
  });
}
