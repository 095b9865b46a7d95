/**
 * Published sites: `/@user/project/…`. For a site that is not private neither database nor daemon is asked, so it stays
 * up while they are down.
 */
import { type Context, Hono } from "hono";
import { Handle } from "../../shared/daemon/actor.ts";
import { Slug } from "../../shared/daemon/contract.ts";
import { may } from "../../shared/roles.ts";
import { contentTypeOf } from "../../shared/site/content-type.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { notFoundNotice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { FRAME_POLICY } from "../frame/routes.ts";
import { roleIn } from "../projects/access.ts";
import { personOf } from "../session/session.ts";
import { frameOf } from "./frame.ts";
import { assetAt, renderSitePage } from "./page.ts";
import { type PublishedSite, SiteStore } from "./store.ts";

/** Raised when the same source would render to other HTML: it is part of every page's cache key. */
const RENDERING = "2";

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
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

/** SVG and HTML can carry scripts: on this origin they get none of its rights. */
const ASSET_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** Scripts run in a page's frame, and not where somebody is sent to the address itself. */
function policyOfHtml(context: Context<App>): string {
  return context.req.header("sec-fetch-dest") === "iframe" ? FRAME_POLICY : ASSET_POLICY;
}

export const publishedSites = new Hono<App>().on(
  ["GET", "HEAD"],
  ["/:user{@[^/]+}/:name", "/:user{@[^/]+}/:name/*"],
  async (context) => {
    // Decoded, they may hold anything, and they become part of a key in S3.
    const user = Handle.safeParse(context.req.param("user").slice(1).toLowerCase());
    const name = Slug.safeParse(context.req.param("name").toLowerCase());
    const url = decodedRest(context);
    if (!user.success || !name.success || url === null) return notFoundNotice();
    const published = await new SiteStore(context.var.settings).open(user.data, name.data);
    if (!published || !(await mayRead(context, published.manifest))) return notFoundNotice();
    return (
      (await servePage(context, published, url)) ?? (await serveAsset(context, published, url)) ?? notFoundNotice()
    );
  },
);

/** A private site is there for its members alone; everyone else is told what a missing one tells. */
async function mayRead(context: Context<App>, manifest: Manifest): Promise<boolean> {
  if (manifest.visibility !== "private") return true;
  const person = await personOf(context);
  return person !== null && may(await roleIn(context.var.database, manifest.projectId, person.userId), "read");
}

/** What stands behind `/@user/name/`, decoded; null if it is no text. */
function decodedRest(context: Context<App>): string | null {
  const rest = new URL(context.req.url).pathname.split("/").slice(3).join("/");
  try {
    return decodeURIComponent(rest).replace(/\/+$/, "").normalize("NFC");
  } catch {
    return null;
  }
}

async function servePage(context: Context<App>, published: PublishedSite, url: string): Promise<Response | null> {
  const { manifest, site } = published;
  const page = site.lookup(url);
  const file = page ? manifest.pages[page.file] : undefined;
  if (!page || !file) return null;
  const { PUBLIC_ORIGIN } = context.var.settings;
  // A page also shows the site around it, so its version is the site's.
  const version = `${published.version}-${RENDERING}`;
  const headers = new Headers({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cache-control": manifest.visibility === "private" ? "private, no-cache" : "public, max-age=0, must-revalidate",
    etag: `"${version}-${file.sha256.slice(0, 12)}"`,
  });
  const group = context.req.query("frame");
  if (group !== undefined) {
    const html = frameOf(await sourceOf(context, manifest, file.sha256), group);
    headers.set("content-security-policy", policyOfHtml(context));
    headers.set("vary", "sec-fetch-dest");
    headers.set("x-robots-tag", "noindex");
    headers.delete("etag");
    return html === null ? null : new Response(html, { headers });
  }
  if (manifest.visibility !== "public") headers.set("x-robots-tag", "noindex");
  if (context.req.header("if-none-match")?.includes(headers.get("etag") ?? "-"))
    return new Response(null, { status: 304, headers });

  // A cache with a name is read by this code alone, so private pages may rest in it too.
  const rendered = await caches.open("rendered-pages");
  const key = new Request(`${PUBLIC_ORIGIN}/rendered/${version}/${encodeURIComponent(page.file)}`);
  const found = await rendered.match(key);
  if (found) return new Response(found.body, { headers });
  const html = renderSitePage(PUBLIC_ORIGIN, published, page, await sourceOf(context, manifest, file.sha256));
  context.executionCtx.waitUntil(
    rendered.put(
      key,
      new Response(html, { headers: { "content-type": "text/html", "cache-control": "public, max-age=86400" } }),
    ),
  );
  return new Response(html, { headers });
}

async function sourceOf(context: Context<App>, { user, name }: Manifest, sha256: string): Promise<string> {
  return (await new SiteStore(context.var.settings).object(user, name, sha256)).text();
}

async function serveAsset(context: Context<App>, { manifest }: PublishedSite, path: string): Promise<Response | null> {
  const asset = assetAt(manifest, path);
  if (!asset) return null;
  const isVersioned = context.req.query("v") === asset.sha256.slice(0, 12);
  const isHtml = /\.html$/i.test(path);
  const scope = manifest.visibility === "private" ? "private" : "public";
  const headers = new Headers({
    "content-type": contentTypeOf(path),
    "content-length": String(asset.bytes),
    "x-content-type-options": "nosniff",
    "content-security-policy": isHtml ? policyOfHtml(context) : ASSET_POLICY,
    "cache-control": isVersioned ? `${scope}, max-age=31536000, immutable` : `${scope}, max-age=0, must-revalidate`,
    etag: `"${asset.sha256}"`,
  });
  if (isHtml) headers.set("vary", "sec-fetch-dest");
  if (context.req.header("if-none-match")?.includes(asset.sha256)) return new Response(null, { status: 304, headers });
  if (context.req.method === "HEAD") return new Response(null, { headers });
  const object = await new SiteStore(context.var.settings).object(manifest.user, manifest.name, asset.sha256);
  return new Response(object.body, { headers });
}
