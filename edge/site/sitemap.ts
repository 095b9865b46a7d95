/** The addresses of a site's pages for search engines (https://www.sitemaps.org/protocol.html). */
import { pathOf, type SiteAddress } from "./address.ts";
import { SITEMAP } from "./page.ts";
import { rendered } from "./rendered.ts";
import { answer, headersFor, NO_RIGHTS, type SiteRequest } from "./request.ts";
import type { PublishedSite } from "./store.ts";
import { document, xml } from "./xml.ts";

/** What one sitemap may have. */
const MAX_URLS = 50_000;

export async function serveSitemap(request: SiteRequest): Promise<Response | null> {
  const { published, address, url } = request;
  // Search engines have no business with the others, and who knows an unlisted page shall not learn of all of them here.
  if (url !== SITEMAP || published.manifest.visibility !== "public") return null;
  const key = `${published.version}-sitemap`;
  const headers = headersFor(published.manifest, { type: "application/xml", etag: `"${key}"`, policy: NO_RIGHTS });
  return answer(request, headers, () => rendered(request, key, async () => sitemapOf(address, published)));
}

function sitemapOf(address: SiteAddress, { manifest, site }: PublishedSite): string {
  const entries = site.pages.slice(0, MAX_URLS).map((page) => {
    const changed = manifest.pages[page.file]?.changed;
    const lastmod = changed ? xml`<lastmod>${new Date(changed * 1000).toISOString()}</lastmod>` : null;
    return xml`<url><loc>${address.origin + pathOf(address, page.url)}</loc>${lastmod}</url>\n`;
  });
  return document(xml`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries}</urlset>\n`);
}
