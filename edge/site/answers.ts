/** What a published site answers at the addresses below its root. */
import type { Context } from "hono";
import { may } from "../../shared/roles.ts";
import { notFoundNotice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { serveAsset } from "./assets.ts";
import { roleOfVisitor } from "./editors.ts";
import { serveFeed } from "./feed.ts";
import { serveFrame } from "./frame.ts";
import { serveAllPages, servePage } from "./pages.ts";
import { redirectMoved } from "./redirect.ts";
import type { SiteRequest } from "./request.ts";
import { serveSearch } from "./search.ts";
import { serveSitemap } from "./sitemap.ts";
import { serveSource } from "./source.ts";

/** Who may answer, in this order: what the author has put there comes before what is made. */
const ANSWERS: readonly ((request: SiteRequest) => Promise<Response | null> | Response | null)[] = [
  serveFrame,
  servePage,
  serveAsset,
  serveSource,
  serveAllPages,
  serveSearch,
  serveSitemap,
  serveFeed,
  redirectMoved,
];

export async function answerSite(request: SiteRequest): Promise<Response> {
  if (!(await mayRead(request))) return notFoundNotice();
  for (const ask of ANSWERS) {
    const answer = await ask(request);
    if (answer) return answer;
  }
  return notFoundNotice();
}

/** A private site is there for its members alone; everyone else is told what a missing one tells. */
async function mayRead(request: SiteRequest): Promise<boolean> {
  return request.published.manifest.visibility !== "private" || may(await roleOfVisitor(request), "read");
}

/** The path without its first `segments`, decoded and without a slash at its end; null if it is no text. */
export function decodedPath(context: Context<App>, segments: number): string | null {
  const rest = new URL(context.req.url).pathname.split("/").slice(segments).join("/");
  try {
    return decodeURIComponent(rest).replace(/\/+$/, "").normalize("NFC");
  } catch {
    return null;
  }
}
