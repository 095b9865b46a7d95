/**
 * The service worker that keeps the app for a reload without a connection (images/editor/offline/worker.ts). At the root,
 * because it looks after `/edit/` and `/app/`, and a worker may look after nothing above its own address.
 *
 * The way out, should it ever do harm: with OFFLINE_APP=off the same address has a worker that deletes what the other one
 * kept and goes (images/editor/offline/going.ts). Browsers ask for the script at each visit of the editor, so it is gone with
 * the next one.
 */
import type { Context } from "hono";
import type { App } from "../environment.ts";

export async function serveOfflineWorker({ env, req, var: { settings } }: Context<App>): Promise<Response> {
  const isOff = settings.OFFLINE_APP === "off";
  const found = await env.ASSETS.fetch(isOff ? new URL("/offline-off.js", req.url) : req.raw);
  const answer = new Response(found.body, found);
  answer.headers.set("cache-control", "no-cache");
  // It asks this origin alone.
  answer.headers.set("content-security-policy", "default-src 'none'; connect-src 'self'");
  answer.headers.set("x-content-type-options", "nosniff");
  return answer;
}
