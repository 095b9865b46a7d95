/** A page's markdown, at the page's address with the extension of its file. */
import { routeKey } from "../../shared/fsml/site.ts";
import { contentTypeOf } from "../../shared/site/content-type.ts";
import { sourceUrlOf } from "./address.ts";
import { answer, headersFor, NO_RIGHTS, type SiteRequest } from "./request.ts";

export async function serveSource(request: SiteRequest): Promise<Response | null> {
  const { store, published, url } = request;
  const { manifest, site } = published;
  const [, path] = /^(.*)\.(?:md|qmd)$/i.exec(url) ?? [];
  if (path === undefined) return null;
  const page = [path, path.replace(/(?:^|\/)index$/i, "")]
    .map((address) => site.lookup(address))
    .find((candidate) => candidate && routeKey(sourceUrlOf(candidate)) === routeKey(url));
  const file = page && manifest.pages[page.file];
  if (!page || !file) return null;
  const headers = headersFor(manifest, {
    type: contentTypeOf("page.md"),
    etag: `"${file.sha256}"`,
    policy: NO_RIGHTS,
  });
  headers.set("content-length", String(file.bytes));
  return answer(request, headers, async () => (await store.object(manifest.user, manifest.name, file.sha256)).body);
}
