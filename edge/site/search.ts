/** The search index of a site: a list of its parts, which never change, and the parts. */
import { pathOf } from "./address.ts";
import { SEARCH } from "./page.ts";
import { answer, headersFor, NO_RIGHTS, type SiteRequest } from "./request.ts";

export async function serveSearch(request: SiteRequest): Promise<Response | null> {
  const { store, published, address, url } = request;
  const { manifest } = published;
  if (url !== SEARCH && !url.startsWith(`${SEARCH}/`)) return null;
  const kind = { type: "application/json", policy: NO_RIGHTS };
  if (url === SEARCH) {
    const parts = manifest.search.map(({ sha256 }) => pathOf(address, `${SEARCH}/${sha256}`));
    const headers = headersFor(manifest, { ...kind, etag: `"${published.version}-search"` });
    return answer(request, headers, () => JSON.stringify({ root: address.root, parts }));
  }
  const part = manifest.search.find(({ sha256 }) => url === `${SEARCH}/${sha256}`);
  if (!part) return null;
  const headers = headersFor(manifest, { ...kind, etag: `"${part.sha256}"`, isImmutable: true });
  return answer(request, headers, async () => (await store.object(manifest.user, manifest.name, part.sha256)).body);
}
