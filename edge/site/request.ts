/** A request for something of a published site that the visitor may read, and how all of them are answered. */
import type { Context } from "hono";
import type { Manifest } from "../../shared/site/manifest.ts";
import type { App } from "../environment.ts";
import { FRAME_POLICY } from "../frame/routes.ts";
import { hasAlready } from "../http/conditional.ts";
import type { SiteAddress } from "./address.ts";
import type { PublishedSite, SiteStore } from "./store.ts";

export interface SiteRequest {
  readonly context: Context<App>;
  readonly store: SiteStore;
  readonly published: PublishedSite;
  readonly address: SiteAddress;
  /** What is asked for below the site's root: decoded, without a slash at its end. */
  readonly url: string;
}

/** Rights of what is no page of ours: none. SVG and HTML can carry scripts. */
export const NO_RIGHTS = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** HTML that people made: scripts run in a page's frame, and not where somebody is sent to the address itself. */
export function policyOfHtml({ context }: SiteRequest): string {
  return context.req.header("sec-fetch-dest") === "iframe" ? FRAME_POLICY : NO_RIGHTS;
}

interface Kind {
  readonly type: string;
  readonly etag: string;
  readonly policy: string;
  /** True if the address names the content: it can be kept for ever. */
  readonly isImmutable?: boolean;
  /** True for what stands in search results: pages and images. */
  readonly isIndexed?: boolean;
}

export function headersFor(
  { visibility }: Manifest,
  { type, etag, policy, isImmutable = false, isIndexed = false }: Kind,
): Headers {
  const scope = visibility === "private" ? "private" : "public";
  const headers = new Headers({
    "content-type": type,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cache-control": isImmutable
      ? `${scope}, max-age=31536000, immutable`
      : visibility === "private"
        ? "private, no-cache"
        : "public, max-age=0, must-revalidate",
    etag,
  });
  if (visibility !== "public" || !isIndexed) headers.set("x-robots-tag", "noindex");
  return headers;
}

/** 304 to who has it already, and to HEAD no body; `body` is made only where it is sent. */
export async function answer(
  { context }: SiteRequest,
  headers: Headers,
  body: () => Promise<BodyInit | null> | BodyInit | null,
): Promise<Response> {
  if (hasAlready(context.req.header("if-none-match"), headers.get("etag") ?? ""))
    return new Response(null, { status: 304, headers });
  return new Response(context.req.method === "HEAD" ? null : await body(), { headers });
}
