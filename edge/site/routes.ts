/**
 * Published sites: `/@user/project/…`. For a site that is not private neither database nor daemon is needed, so it stays
 * up while they are down.
 */
import { type Context, Hono } from "hono";
import { Handle } from "../../shared/daemon/actor.ts";
import { Slug } from "../../shared/daemon/contract.ts";
import { may } from "../../shared/roles.ts";
import { notFoundNotice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { addressOf } from "./address.ts";
import { serveAsset } from "./assets.ts";
import { roleOfVisitor } from "./editors.ts";
import { serveFeed } from "./feed.ts";
import { serveAllPages, servePage } from "./pages.ts";
import { serveProfile } from "./profile.ts";
import { redirectMoved } from "./redirect.ts";
import type { SiteRequest } from "./request.ts";
import { serveRobots, serveSitemaps } from "./robots.ts";
import { serveSearch } from "./search.ts";
import { serveSitemap } from "./sitemap.ts";
import { serveSource } from "./source.ts";
import { SiteStore } from "./store.ts";

/** Who may answer, in this order: what the author has put there comes before what is made. */
const ANSWERS: readonly ((request: SiteRequest) => Promise<Response | null> | Response | null)[] = [
  servePage,
  serveAsset,
  serveSource,
  serveAllPages,
  serveSearch,
  serveSitemap,
  serveFeed,
  redirectMoved,
];

export const publishedSites = new Hono<App>()
  .get("/robots.txt", serveRobots)
  .get("/sitemap.xml", serveSitemaps)
  .on("GET", ["/:user{@[^/]+}", "/:user{@[^/]+}/"], serveProfile)
  .on("GET", ["/:user{@[^/]+}/:name", "/:user{@[^/]+}/:name/*"], async (context) => {
    // Decoded, they may hold anything, and they become part of a key in S3.
    const user = Handle.safeParse(context.req.param("user").slice(1).toLowerCase());
    const name = Slug.safeParse(context.req.param("name").toLowerCase());
    const url = decodedRest(context);
    if (!user.success || !name.success || url === null) return notFoundNotice();
    const store = new SiteStore(context.var.settings);
    const published = await store.open(user.data, name.data);
    if (!published) return notFoundNotice();
    const address = addressOf(context.var.settings.PUBLIC_ORIGIN, published.manifest);
    const request: SiteRequest = { context, store, published, address, url };
    return ((await mayRead(request)) && (await answerOf(request))) || notFoundNotice();
  });

/** A private site is there for its members alone; everyone else is told what a missing one tells. */
async function mayRead(request: SiteRequest): Promise<boolean> {
  return request.published.manifest.visibility !== "private" || may(await roleOfVisitor(request), "read");
}

async function answerOf(request: SiteRequest): Promise<Response | null> {
  for (const ask of ANSWERS) {
    const answer = await ask(request);
    if (answer) return answer;
  }
  return null;
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
