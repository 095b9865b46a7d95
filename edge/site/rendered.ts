/**
 * What was made from a site once is kept in the data centre's cache, and for a while in this isolate's memory, under a key
 * that names all it was made from, and by which build.
 */
import { PageMemory } from "./page-memory.ts";
import { releaseOf } from "./release.ts";
import type { SiteRequest } from "./request.ts";

const memory = new PageMemory();

/** Seconds. The key changes with the content, so this only bounds what nobody asks for. */
const KEPT_S = 7 * 86_400;

/** @param key path of the key: it must differ wherever the text would */
export function rendered(request: SiteRequest, key: string, make: () => Promise<string>): Promise<string> {
  return renderedWhile(request, key, make, () => true);
}

/** For what depends on more than its key: it is made anew where what was kept is not good any more. */
export async function renderedWhile(
  { context, address }: SiteRequest,
  key: string,
  make: () => Promise<string>,
  isGood: (text: string) => boolean,
): Promise<string> {
  // A site can be seen under several addresses, and its links are below the one that is asked.
  const place = encodeURIComponent(address.origin + address.root);
  const path = `${releaseOf(context.env)}/${place}/${key}`;
  const remembered = memory.get(path);
  if (remembered !== null && isGood(remembered)) return remembered;
  // A cache with a name is read by this code alone, so private pages may rest in it too.
  const cache = await caches.open("rendered-pages");
  const request = new Request(`${context.var.settings.PUBLIC_ORIGIN}/rendered/${path}`);
  const found = await (await cache.match(request))?.text();
  if (found !== undefined && isGood(found)) {
    memory.keep(path, found);
    return found;
  }
  const text = await make();
  memory.keep(path, text);
  const kept = new Response(text, {
    headers: { "content-type": "text/plain", "cache-control": `public, max-age=${KEPT_S}` },
  });
  context.executionCtx.waitUntil(cache.put(request, kept));
  return text;
}
