/** Pages of a site. Each is rendered once for all its readers; editors get the link to the editor put in. */
import { withEditLink } from "../../reader/page/edit-link.ts";
import type { SitePage } from "../../shared/fsml/site.ts";
import { renderAllPages } from "./all-pages.ts";
import { articleOf } from "./article.ts";
import { editAddress } from "./editors.ts";
import { ALL_PAGES, renderSitePage } from "./page.ts";
import { releaseOf } from "./release.ts";
import { rendered } from "./rendered.ts";
import { answer, headersFor, type SiteRequest } from "./request.ts";

export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The search index.
  "connect-src 'self'",
  "style-src 'self'",
  // KaTeX places its parts by style attributes; documents can't write any.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' https: data:",
  "media-src 'self' https:",
  "font-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export async function servePage(request: SiteRequest): Promise<Response | null> {
  const { published, address, url } = request;
  const { manifest, site } = published;
  const page = site.lookup(url);
  const file = page ? manifest.pages[page.file] : undefined;
  if (!page || !file) return null;
  const edit = await editAddress(request, page.file);
  // A page also shows the site around it, so its version is the site's.
  const version = `${published.version}-${releaseOf(request.context.env)}`;
  const headers = headersFor(manifest, {
    type: "text/html; charset=utf-8",
    etag: `"${version}-${file.sha256.slice(0, 12)}${edit === null ? "" : "-edit"}"`,
    policy: PAGE_POLICY,
    isIndexed: true,
  });
  headers.set("vary", "cookie");
  if (edit !== null) headers.set("cache-control", "private, no-cache");
  return answer(request, headers, async () => {
    const html = await rendered(request, `${published.version}/${encodeURIComponent(page.file)}`, async () =>
      renderSitePage(address, published, page, await articleOf(request, page, file.sha256)),
    );
    return edit === null ? html : withEditLink(html, edit);
  });
}

/** The list of all pages, for large sites: their navigation has only what is near. */
export async function serveAllPages(request: SiteRequest): Promise<Response | null> {
  const { published, address, url } = request;
  const home: SitePage | null = published.site.lookup("");
  if (url !== ALL_PAGES || !home) return null;
  const version = `${published.version}-${releaseOf(request.context.env)}`;
  const headers = headersFor(published.manifest, {
    type: "text/html; charset=utf-8",
    etag: `"${version}-all"`,
    policy: PAGE_POLICY,
  });
  return answer(request, headers, () =>
    rendered(request, `${published.version}/`, async () => renderAllPages(address, published, home)),
  );
}
