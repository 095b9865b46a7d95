/** Documents that were moved are still found where they were. */
import { routeKey } from "../../shared/fsml/site.ts";
import { pathOf, sourceUrlOf } from "./address.ts";
import type { SiteRequest } from "./request.ts";

/** Asked last: whatever stands at the address now comes before what once stood there. */
export function redirectMoved({ published, address, url }: SiteRequest): Response | null {
  const { redirects } = published.manifest;
  const moved = (from: string) => {
    const key = routeKey(from);
    const to = Object.hasOwn(redirects, key) ? redirects[key] : undefined;
    return to === undefined ? null : published.site.lookup(to);
  };
  const [, path] = /^(.*)\.(?:md|qmd)$/i.exec(url) ?? [];
  const page = moved(url);
  const sourceOf = page || path === undefined ? null : moved(path);
  const target = page ? page.url : sourceOf && sourceUrlOf(sourceOf);
  if (target === null) return null;
  return new Response(null, {
    status: 301,
    // Browsers keep a 301 for ever unless told otherwise, and a new page may come to stand here.
    headers: { location: address.origin + pathOf(address, target), "cache-control": "no-cache" },
  });
}
