/**
 * Published sites: `/@user/project/…`. For a site that is not private neither database nor daemon is needed, so it stays
 * up while they are down.
 */
import { Hono } from "hono";
import { Handle } from "../../shared/daemon/actor.ts";
import { Slug } from "../../shared/daemon/contract.ts";
import { notFoundNotice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { addressOf } from "./address.ts";
import { answerSite, decodedPath } from "./answers.ts";
import { serveProfile } from "./profile.ts";
import { serveRobots, serveSitemaps } from "./robots.ts";
import { SiteStore } from "./store.ts";

export const publishedSites = new Hono<App>()
  .get("/robots.txt", serveRobots)
  .get("/sitemap.xml", serveSitemaps)
  .on("GET", ["/:user{@[^/]+}", "/:user{@[^/]+}/"], serveProfile)
  .on("GET", ["/:user{@[^/]+}/:name", "/:user{@[^/]+}/:name/*"], async (context) => {
    // Decoded, they may hold anything, and they become part of a key in S3.
    const user = Handle.safeParse(context.req.param("user").slice(1).toLowerCase());
    const name = Slug.safeParse(context.req.param("name").toLowerCase());
    const url = decodedPath(context, 3);
    if (!user.success || !name.success || url === null) return notFoundNotice();
    const store = new SiteStore(context.var.settings);
    const published = await store.open(user.data, name.data);
    if (!published) return notFoundNotice();
    const address = addressOf(context.var.settings.PUBLIC_ORIGIN, published.manifest);
    return answerSite({ context, store, published, address, url });
  });
