/** Files that pages of a site point to, whole or in part. */
import { contentTypeOf } from "../../shared/site/content-type.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { hasAlready } from "../http/conditional.ts";
import { rangeOf } from "../http/range.ts";
import { answer, headersFor, NO_RIGHTS, policyOfHtml, type SiteRequest } from "./request.ts";

/** How much of the hash stands in an asset's address. */
const VERSION_CHARS = 12;

/** The asset at `path`, which comes from a reader or a document and may be a name that every object has. */
export function assetAt({ assets }: Manifest, path: string): Manifest["assets"][string] | null {
  return Object.hasOwn(assets, path) ? (assets[path] ?? null) : null;
}

/** Added to an asset's address it names the content, so caches may keep it for ever. */
export function versionOf({ sha256 }: { sha256: string }): string {
  return `?v=${sha256.slice(0, VERSION_CHARS)}`;
}

export async function serveAsset(request: SiteRequest): Promise<Response | null> {
  const { context, store, published, url } = request;
  const { manifest } = published;
  const asset = assetAt(manifest, url);
  if (!asset) return null;
  const etag = `"${asset.sha256}"`;
  const isHtml = /\.html$/i.test(url);
  const headers = headersFor(manifest, {
    type: contentTypeOf(url),
    etag,
    policy: isHtml ? policyOfHtml(request) : NO_RIGHTS,
    isImmutable: context.req.query("v") === asset.sha256.slice(0, VERSION_CHARS),
    isIndexed: true,
  });
  if (isHtml) headers.set("vary", "sec-fetch-dest");
  headers.set("accept-ranges", "bytes");
  headers.set("content-length", String(asset.bytes));
  const object = (bytes?: string) => store.object(manifest.user, manifest.name, asset.sha256, bytes);

  const { req } = context;
  // Only a GET has parts, and not of what the client has already (RFC 9110 §13.2.2).
  const isWhole = req.method === "HEAD" || hasAlready(req.header("if-none-match"), etag);
  const range = isWhole
    ? null
    : rangeOf({ range: req.header("range"), ifRange: req.header("if-range") }, asset.bytes, etag);
  if (range === null) return answer(request, headers, async () => (await object()).body);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${asset.bytes}`);
    headers.delete("content-length");
    return new Response(null, { status: 416, headers });
  }
  const part = await object(`bytes=${range.first}-${range.last}`);
  // A store that doesn't know ranges sends all of it, and so do we.
  if (part.status !== 206) return new Response(part.body, { headers });
  headers.set("content-range", `bytes ${range.first}-${range.last}/${asset.bytes}`);
  headers.set("content-length", String(range.last - range.first + 1));
  return new Response(part.body, { status: 206, headers });
}
