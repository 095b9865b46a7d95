/**
 * Web apps of people's code. `/proxy/:project/:port/…` on markco's own origin checks the person and sends their browser to
 * the app's origin (address.ts), where everything but one path is the app's.
 */
import { type Context, Hono } from "hono";
import { html } from "hono/html";
import type { Actor } from "../../shared/daemon/actor.ts";
import { DAEMON } from "../../shared/daemon/contract.ts";
import { Fault, FaultBody, parse } from "../../shared/daemon/fault.ts";
import { notFoundNotice, notice } from "../app/notice.ts";
import type { App } from "../environment.ts";
import { access } from "../projects/access.ts";
import { readBody } from "../projects/body.ts";
import { personOf, sessionHashOf } from "../session/session.ts";
import { localPath } from "../sign-in/routes.ts";
import { askDaemon, askDaemonSocket } from "../tunnel/daemon.ts";
import { type AppPlace, AppPort, appOrigin } from "./address.ts";
import { holderOf, makeTicket, PASS_MS, redeemTicket } from "./passes.ts";

/** The one path of an app's origin that is ours. */
const ENTER = "/__markco/enter";
const COOKIE = "__Host-markco-app";
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
/** Of a request: of this connection only, or for the app to believe only from us. */
const NOT_ASKED_ON = ["connection", "content-length", "cookie", "host", "origin", "referer"];
/** Of an answer: of this connection only, or for more than the app's own origin. */
const NOT_ANSWERED_ON = ["connection", "keep-alive", "set-cookie", "strict-transport-security", "transfer-encoding"];

export const proxyDoor = new Hono<App>().get("/:project/:port/*", async (context) => {
  const url = new URL(context.req.url);
  const person = await personOf(context);
  if (!person) return context.redirect(`/auth/sign-in?return=${encodeURIComponent(url.pathname + url.search)}`);
  context.set("person", person);
  const projectId = context.req.param("project");
  await access(context, projectId, "run");
  const place = { projectId, port: parse(AppPort, context.req.param("port"), "port") };
  const { settings, database } = context.var;
  const ticket = await makeTicket(database, await sessionHashOf(context), place);
  const to = url.pathname.split("/").slice(4).join("/");
  const query = new URLSearchParams({ ticket, to: `/${to}${url.search}` });
  return new Response(null, {
    status: 302,
    headers: {
      location: `${appOrigin(settings, place)}${ENTER}?${query}`,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    },
  });
});

/** Answers a request to an app's origin. `place` comes from the request's host. */
export async function answerForApp(context: Context<App>, place: AppPlace | "none"): Promise<Response> {
  if (place === "none") return notFoundNotice();
  const url = new URL(context.req.url);
  if (url.pathname === ENTER) return enter(context, place, url);
  const { settings, database } = context.var;
  const pass = cookiesOf(context).get(COOKIE);
  const actor = pass === undefined ? null : await holderOf(database, pass, place);
  if (!actor) return letIn(context, place, url);
  const isUpgrade = context.req.header("upgrade")?.toLowerCase() === "websocket";
  if (isUpgrade || !SAFE_METHODS.includes(context.req.method)) {
    if (context.req.header("origin") !== appOrigin(settings, place))
      throw new Fault("forbidden", "the request comes from another site");
  }
  return askApp(context, place, actor, url, isUpgrade);
}

async function enter(context: Context<App>, place: AppPlace, url: URL): Promise<Response> {
  const pass = await redeemTicket(context.var.database, url.searchParams.get("ticket") ?? "", place);
  if (pass === null)
    return notice(
      403,
      "Open it again",
      html`<p>This address was good once. Open the app from its project.</p>`,
      context.var.settings.PUBLIC_ORIGIN,
    );
  const seconds = PASS_MS / 1000;
  return new Response(null, {
    status: 302,
    headers: {
      location: localPath(url.searchParams.get("to") ?? undefined),
      "set-cookie": `${COOKIE}=${pass}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    },
  });
}

/** Someone without a pass: a browser that opens a page is sent for one, anything else is refused. */
function letIn(context: Context<App>, { projectId, port }: AppPlace, url: URL): Response {
  const isPage = context.req.method === "GET" && (context.req.header("accept") ?? "").includes("text/html");
  if (!isPage) throw new Fault("unauthenticated", "open the app from its project first");
  const { PUBLIC_ORIGIN } = context.var.settings;
  return context.redirect(`${PUBLIC_ORIGIN}/proxy/${projectId}/${port}${url.pathname}${url.search}`);
}

/** The app is asked as if its author asked it on the machine that it runs on: its own checks of host and origin hold. */
async function askApp(
  context: Context<App>,
  place: AppPlace,
  actor: Actor,
  url: URL,
  isUpgrade: boolean,
): Promise<Response> {
  const { settings } = context.var;
  const target = DAEMON.proxy(place.projectId, place.port, url.pathname + url.search);
  const headers = new Headers(context.req.raw.headers);
  for (const name of NOT_ASKED_ON) headers.delete(name);
  const cookies = [...cookiesOf(context)].filter(([name]) => name !== COOKIE);
  if (cookies.length > 0) headers.set("cookie", cookies.map(([name, value]) => `${name}=${value}`).join("; "));
  const inside = `http://localhost:${place.port}`;
  if (context.req.header("origin") !== undefined) headers.set("origin", inside);
  headers.set("x-forwarded-host", url.host);
  headers.set("x-forwarded-proto", url.protocol.slice(0, -1));
  if (isUpgrade) return askDaemonSocket(settings, { method: "GET", target, actor, headers });
  const body = await readBody(context);
  const answer = await askDaemon(settings, { method: context.req.method, target, actor, headers, body });
  if (answer.headers.has(DAEMON.proxyFault)) return refused(context, answer);
  return new Response(answer.body, { status: answer.status, headers: answerHeaders(answer.headers, inside) });
}

async function refused(context: Context<App>, answer: Response): Promise<Response> {
  const body = FaultBody.safeParse(await answer.json().catch(() => null));
  const message = body.success ? body.data.error.message : "the base server's answer makes no sense";
  if (!(context.req.header("accept") ?? "").includes("text/html"))
    return new Response(message, { status: answer.status, headers: { "content-type": "text/plain; charset=utf-8" } });
  return notice(answer.status, "The app does not answer", html`<p>${message}</p>`, context.var.settings.PUBLIC_ORIGIN);
}

/** The app may set cookies for its own host, and send the browser to its own addresses by the name that it knows them by. */
function answerHeaders(from: Headers, inside: string): Headers {
  const headers = new Headers(from);
  for (const name of NOT_ANSWERED_ON) headers.delete(name);
  for (const cookie of from.getSetCookie()) {
    if (cookie.trimStart().toLowerCase().startsWith(COOKIE.toLowerCase())) continue;
    headers.append("set-cookie", cookie.replace(/;\s*domain=[^;]*/gi, ""));
  }
  const location = from.get("location");
  if (location?.startsWith(`${inside}/`)) headers.set("location", location.slice(inside.length));
  // In addition to the app's own policy: nobody frames it, so nobody makes a person click in it unseen.
  headers.append("content-security-policy", "frame-ancestors 'self'");
  return headers;
}

function cookiesOf(context: Context<App>): Map<string, string> {
  const pairs = (context.req.header("cookie") ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 ? [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const] : [];
  });
  return new Map(pairs);
}
