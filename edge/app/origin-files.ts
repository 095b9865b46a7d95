/** What browsers and search engines ask every origin for, whatever is on it. */
import { Hono } from "hono";
import type { App } from "../environment.ts";

/** Published pages say themselves whether they are to be listed. */
const ROBOTS = `User-agent: *
Disallow: /api/
Disallow: /auth/
Disallow: /device
Disallow: /edit/
Disallow: /frame
Disallow: /proxy/
`;

export const originFiles = new Hono<App>()
  .get("/robots.txt", (context) => context.text(ROBOTS, 200, { "cache-control": "public, max-age=86400" }))
  // Browsers look here when a page names no icon; that this one is an SVG, its content type says.
  .get("/favicon.ico", ({ env, req }) => env.ASSETS.fetch(new URL("/reader/icon.svg", req.url)));
