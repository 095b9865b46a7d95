/** What search engines ask an origin for: which addresses are no pages, and where the public sites are. */
import type { Context } from "hono";
import type { App } from "../environment.ts";
import { SITEMAP } from "./page.ts";
import { publicSites } from "./public-sites.ts";
import { document, xml } from "./xml.ts";

/** What one list of sitemaps may have. */
const MAX_SITEMAPS = 50_000;

export function serveRobots(context: Context<App>): Response {
  const { PUBLIC_ORIGIN } = context.var.settings;
  // Unlisted pages say so themselves: naming them here would list them.
  const lines = [
    "User-agent: *",
    ...["/api/", "/auth/", "/device", "/edit/", "/frame", "/proxy/", "/usage"].map((path) => `Disallow: ${path}`),
    "",
    `Sitemap: ${PUBLIC_ORIGIN}/${SITEMAP}`,
    "",
  ];
  return new Response(lines.join("\n"), {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=3600" },
  });
}

export async function serveSitemaps(context: Context<App>): Promise<Response> {
  const { database, settings } = context.var;
  const entries = (await publicSites(database, null, MAX_SITEMAPS)).map(
    ({ url, updated }) =>
      xml`<sitemap><loc>${settings.PUBLIC_ORIGIN}/${url}/${SITEMAP}</loc><lastmod>${updated.toISOString()}</lastmod></sitemap>\n`,
  );
  const list = xml`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries}</sitemapindex>\n`;
  return new Response(document(list), {
    headers: { "content-type": "application/xml", "cache-control": "public, max-age=3600" },
  });
}
