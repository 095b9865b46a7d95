/** What was made from a site once is kept in the data centre's cache, under a key that names all it was made from. */
import type { SiteRequest } from "./request.ts";

/** Seconds. The key changes with the content, so this only bounds what nobody asks for. */
const KEPT_S = 7 * 86_400;

/** @param key path of the key: it must differ wherever the text would */
export async function rendered({ context }: SiteRequest, key: string, make: () => Promise<string>): Promise<string> {
  // A cache with a name is read by this code alone, so private pages may rest in it too.
  const cache = await caches.open("rendered-pages");
  const request = new Request(`${context.var.settings.PUBLIC_ORIGIN}/rendered/${key}`);
  const found = await cache.match(request);
  if (found) return found.text();
  const text = await make();
  const kept = new Response(text, {
    headers: { "content-type": "text/plain", "cache-control": `public, max-age=${KEPT_S}` },
  });
  context.executionCtx.waitUntil(cache.put(request, kept));
  return text;
}
