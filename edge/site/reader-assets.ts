/** What all sites' pages load from the origin: their theme, their scripts, and the page that draws diagrams. */
import type { Context } from "hono";
import type { App } from "../environment.ts";

/** Documents say what it draws: it has no origin, loads nothing but its own scripts, and shows nothing that is not in it. */
const DIAGRAM_POLICY = [
  "sandbox allow-scripts",
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

export async function serveReaderAsset({ env, req }: Context<App>): Promise<Response> {
  const found = await env.ASSETS.fetch(req.raw);
  if (!new URL(req.url).pathname.startsWith("/reader/diagram/")) return found;
  const answer = new Response(found.body, found);
  answer.headers.set("content-security-policy", DIAGRAM_POLICY);
  answer.headers.set("x-content-type-options", "nosniff");
  // Its scripts are modules, which a page without an origin gets only from who gives them to all.
  answer.headers.set("access-control-allow-origin", "*");
  return answer;
}
