/** Signing in and out: authorization code flow with PKCE, bound to the browser that began it. */
import { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { App, Settings } from "../environment.ts";
import { beginSession, endSession, giveCookie, refuseForeignOrigin } from "../session/session.ts";
import { randomToken } from "../session/token.ts";
import { claimInvites } from "../sharing/invites.ts";
import { findOrMakeUser, verifiedEmail } from "./people.ts";
import { Provider } from "./provider.ts";

/** Holds what the callback must bring back. Lax: the provider's redirect is a navigation from another site. */
const PENDING = "__Host-markco-sign-in";
const PENDING_S = 600;

const Pending = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

const providers = new WeakMap<Settings, Provider>();

function providerOf(settings: Settings): Provider {
  let provider = providers.get(settings);
  if (!provider) {
    provider = new Provider(settings);
    providers.set(settings, provider);
  }
  return provider;
}

export const signIn = new Hono<App>()
  .get("/sign-in", async (context) => {
    const pending: z.infer<typeof Pending> = {
      state: randomToken(),
      nonce: randomToken(),
      verifier: randomToken(),
      returnTo: localPath(context.req.query("return")),
    };
    const url = await providerOf(context.var.settings).authorizationUrl(
      pending.state,
      pending.nonce,
      await challengeOf(pending.verifier),
    );
    setCookie(context, PENDING, JSON.stringify(pending), {
      path: "/",
      secure: true,
      httpOnly: true,
      sameSite: "Lax",
      maxAge: PENDING_S,
    });
    return context.redirect(url);
  })
  .get("/callback", async (context) => {
    const pending = readPending(getCookie(context, PENDING));
    deleteCookie(context, PENDING, { path: "/", secure: true });
    const { code, state } = context.req.query();
    if (!pending || !code || state !== pending.state) {
      throw new Fault(
        "unauthenticated",
        "this sign-in was not begun in this browser, or it took too long; begin again",
      );
    }
    const identity = await providerOf(context.var.settings).identify(code, pending.verifier, pending.nonce);
    const userId = await findOrMakeUser(context.var.database, identity);
    const email = verifiedEmail(identity);
    if (email !== null) await claimInvites(context.var.database, userId, email);
    giveCookie(context, await beginSession(context.var.database, userId, "browser"));
    return context.redirect(pending.returnTo);
  })
  .post("/sign-out", async (context) => {
    refuseForeignOrigin(context);
    await endSession(context);
    // The app has deleted what the browser kept of documents. Where it could not, the browser does.
    context.header("clear-site-data", '"storage"');
    return context.redirect("/", 303);
  });

/** A path on this site, or `/`: a link to the sign-in page must not lead people elsewhere afterwards. */
export function localPath(wanted: string | undefined): string {
  if (!wanted?.startsWith("/")) return "/";
  try {
    const url = new URL(wanted, "http://here.invalid");
    return url.origin === "http://here.invalid" ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}

function readPending(cookie: string | undefined): z.infer<typeof Pending> | null {
  try {
    return Pending.parse(JSON.parse(cookie ?? ""));
  } catch {
    return null;
  }
}

async function challengeOf(verifier: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  return btoa(String.fromCharCode(...hash))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}
