/** Who asks: a browser by its cookie, a command line by its token. */
import { and, eq, gt, lt } from "drizzle-orm";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Database } from "../database/database.ts";
import { sessions, users } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { hashOf, randomToken } from "./token.ts";

/** `__Host-` makes browsers refuse the cookie from another host, path or an insecure page. */
const COOKIE = "__Host-markco";
const BROWSER_DAYS = 30;
const TOKEN_DAYS = 365;
const DAY_MS = 86_400_000;
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

export interface Person {
  readonly userId: string;
  readonly handle: string;
  readonly name: string;
}

const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** Makes a session and returns its token, which is shown only now. The person's expired ones go. */
export async function beginSession(database: Database, userId: string, kind: "browser" | "token"): Promise<string> {
  const token = randomToken();
  await database.delete(sessions).where(and(eq(sessions.userId, userId), lt(sessions.expires, new Date())));
  const days = kind === "browser" ? BROWSER_DAYS : TOKEN_DAYS;
  await database
    .insert(sessions)
    .values({ tokenHash: await hashOf(token), userId, kind, expires: new Date(Date.now() + days * DAY_MS) });
  return token;
}

export function giveCookie(context: Context<App>, token: string): void {
  setCookie(context, COOKIE, token, { ...attributes, maxAge: (BROWSER_DAYS * DAY_MS) / 1000 });
}

export async function endSession(context: Context<App>): Promise<void> {
  const token = getCookie(context, COOKIE);
  if (token) await context.var.database.delete(sessions).where(eq(sessions.tokenHash, await hashOf(token)));
  deleteCookie(context, COOKIE, attributes);
}

/** The hash by which the database knows the session of a request that `personOf` found somebody for. */
export function sessionHashOf(context: Context<App>): Promise<string> {
  return hashOf(tokenOf(context)?.token ?? "");
}

function tokenOf(context: Context<App>): { token: string; kind: "token" | "browser" } | null {
  const bearer = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(context.req.header("authorization") ?? "")?.[1];
  if (bearer) return { token: bearer, kind: "token" };
  const cookie = getCookie(context, COOKIE);
  return cookie ? { token: cookie, kind: "browser" } : null;
}

/**
 * The person who asks, or null. A cookie counts only where no other site can have sent the request in the person's name:
 * what changes something, and every WebSocket, must come from our own pages.
 */
export async function personOf(context: Context<App>): Promise<Person | null> {
  const found = tokenOf(context);
  if (!found) return null;
  const { token, kind } = found;
  if (kind === "browser") refuseForeignOrigin(context);
  const [person] = await context.var.database
    .select({ userId: users.id, handle: users.handle, name: users.name })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.tokenHash, await hashOf(token)), eq(sessions.kind, kind), gt(sessions.expires, new Date())))
    .limit(1);
  return person ?? null;
}

/** Throws Fault("forbidden") if the request changes something or opens a socket and does not come from our own pages. */
export function refuseForeignOrigin(context: Context<App>): void {
  const isUpgrade = context.req.header("upgrade")?.toLowerCase() === "websocket";
  if (!isUpgrade && SAFE_METHODS.includes(context.req.method)) return;
  if (context.req.header("origin") !== context.var.settings.PUBLIC_ORIGIN) {
    throw new Fault("forbidden", "the request comes from another site");
  }
}

/** Lets only signed-in people through; handlers find them in `context.var.person`. */
export const signedIn: MiddlewareHandler<App> = async (context, next) => {
  const person = await personOf(context);
  if (!person) throw new Fault("unauthenticated", "sign in first");
  context.set("person", person);
  await next();
};
