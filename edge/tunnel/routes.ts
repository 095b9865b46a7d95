/** From a person to their project's editor server, runtime and sandboxes: the role is checked here, then everything passes through. */
import { type Context, Hono } from "hono";
import type { Actor } from "../../shared/daemon/actor.ts";
import { DAEMON } from "../../shared/daemon/contract.ts";
import type { Action } from "../../shared/roles.ts";
import type { App } from "../environment.ts";
import { access } from "../projects/access.ts";
import { readBody } from "../projects/body.ts";
import { idOf } from "../runtimes/request.ts";
import { refuseForeignOrigin } from "../session/session.ts";
import { askDaemon, askDaemonSocket } from "./daemon.ts";

/** Headers that must not leave the edge: they are the person's credentials, or speak of this connection only. */
const KEPT_HERE = ["authorization", "cookie", "host", "connection", "content-length", "transfer-encoding"];

export const tunnel = new Hono<App>()
  .all("/:project/editor/*", async (context) => {
    const rest = restOf(context, "editor");
    const actor = await access(context, context.req.param("project"), needOf(rest));
    const isFile = /^\/zip(\?|$)/.test(rest);
    return pass(context, DAEMON.editor(context.req.param("project"), rest), actor, isFile);
  })
  .all("/:project/terminals/:terminal?", async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    return pass(context, DAEMON.terminals(context.req.param("project"), restOf(context, "terminals")), actor);
  })
  .all("/:project/mrp/*", async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    return pass(context, DAEMON.mrp(context.req.param("project"), `/mrp${restOf(context, "mrp")}`), actor);
  })
  .all("/:project/sandboxes/:sandbox/mrp/v1/*", async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const id = idOf(context.req.param("sandbox"), "sandbox");
    const target = DAEMON.sandboxMrp(context.req.param("project"), id, `/mrp${restOf(context, "mrp")}`);
    return pass(context, target, actor);
  });

/** What a person needs to be let through to the editor server. What they may do there is checked there once more, message by message. */
function needOf(rest: string): Action {
  if (
    /^\/(drawing|picture|keep|create|duplicate|delete|restore|trash|move|undo-move|upload|replace|undo-replace)(\?|$)/.test(
      rest,
    )
  )
    return "write";
  if (/^\/comments(\?|$)/.test(rest)) return "comment";
  return /^\/(run|interrupt|cancel|restart)(\?|$)/.test(rest) ? "run" : "read";
}

/** Path and query behind `/:project/<door>`, still encoded. */
function restOf(context: Context<App>, door: string): string {
  const url = new URL(context.req.url);
  const at = url.pathname.indexOf(`/${door}`);
  return url.pathname.slice(at + door.length + 1) + url.search;
}

/** @param isFile true if browsers may keep the answer, under the name that it gives itself */
async function pass(context: Context<App>, target: string, actor: Actor, isFile = false): Promise<Response> {
  const headers = new Headers(context.req.raw.headers);
  for (const name of KEPT_HERE) headers.delete(name);
  if (context.req.header("upgrade")?.toLowerCase() === "websocket") {
    refuseForeignOrigin(context);
    return askDaemonSocket(context.var.settings, { method: "GET", target, actor, headers });
  }
  headers.delete("upgrade");
  const body = await readBody(context);
  const answer = await askDaemon(context.var.settings, { method: context.req.method, target, actor, headers, body });
  return new Response(answer.body, { status: answer.status, headers: safeHeaders(answer.headers, isFile) });
}

/** What the base server sends is data: it may not set cookies here, and nothing of it is ever a page of ours. */
function safeHeaders(from: Headers, isFile: boolean): Headers {
  const headers = new Headers({
    "content-type": from.get("content-type") ?? "application/octet-stream",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "sandbox; default-src 'none'",
  });
  const disposition = from.get("content-disposition");
  if (isFile && disposition?.startsWith("attachment;")) headers.set("content-disposition", disposition);
  return headers;
}
