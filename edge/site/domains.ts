/**
 * Sites under host names of their own (`publish.domain`). Nothing else is served there: who owns the name could read the
 * cookies of anybody who signed in under it.
 */
import type { MiddlewareHandler } from "hono";
import { notFoundNotice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { answerSite, decodedPath } from "./answers.ts";
import { SITEMAP } from "./page.ts";
import { serveReaderAsset } from "./reader-assets.ts";
import { SiteStore } from "./store.ts";

/** A name that can be registered: no address, and nothing without a dot. */
const NAME = /^[a-z0-9.-]+\.[a-z][a-z0-9-]*$/;

export const siteDomains: MiddlewareHandler<App> = async (context, next) => {
  const { settings } = context.var;
  const { origin, host, hostname, pathname } = new URL(context.req.url);
  if (host === new URL(settings.PUBLIC_ORIGIN).host || !NAME.test(hostname)) return next();
  const store = new SiteStore(settings);
  const domain = await store.domain(hostname);
  if (!domain) return next();
  if (context.req.method !== "GET" && context.req.method !== "HEAD") return notFoundNotice();
  if (pathname.startsWith("/reader/")) return serveReaderAsset(context);
  const published = await store.open(domain.user, domain.name);
  const url = decodedPath(context, 1);
  // The site says so, too: a name that was given away must not show what left it.
  if (published?.manifest.domain !== hostname || url === null) return notFoundNotice();
  if (pathname === "/robots.txt") return robots(origin, published.manifest.visibility === "public");
  return answerSite({ context, store, published, address: { origin, root: "" }, url });
};

function robots(origin: string, isPublic: boolean): Response {
  const sitemap = isPublic ? `\nSitemap: ${origin}/${SITEMAP}\n` : "";
  return new Response(`User-agent: *\nDisallow:\n${sitemap}`, {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" },
  });
}
