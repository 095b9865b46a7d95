/** Signing in a command line from a browser (RFC 8628). */
import { and, eq, gt, isNotNull, isNull, lt } from "drizzle-orm";
import { Hono } from "hono";
import { html } from "hono/html";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { notice } from "../app/notice.ts";
import { isDuplicate } from "../database/database.ts";
import { deviceCodes } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { readBody, readJson } from "../projects/body.ts";
import { beginSession, personOf } from "../session/session.ts";
import { hashOf, randomToken } from "../session/token.ts";

const EXPIRES_S = 600;
const INTERVAL_S = 1;
const MAX_BODY_BYTES = 10_000;
const TokenRequest = z.object({ device_code: z.string().max(200) });
const TITLE = "Sign in a command line";
/** Without vowels and look-alikes: nothing is spelt and nothing is misread. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

export const deviceApi = new Hono<App>()
  .post("/code", async (context) => {
    const { database, settings } = context.var;
    const deviceCode = randomToken();
    await database.delete(deviceCodes).where(lt(deviceCodes.expires, new Date()));
    for (;;) {
      const userCode = newUserCode();
      try {
        const expires = new Date(Date.now() + EXPIRES_S * 1000);
        await database.insert(deviceCodes).values({ deviceHash: await hashOf(deviceCode), userCode, expires });
      } catch (error) {
        if (isDuplicate(error)) continue;
        throw error;
      }
      const verification = `${settings.PUBLIC_ORIGIN}/device`;
      return context.json({
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: verification,
        verification_uri_complete: `${verification}?code=${userCode}`,
        expires_in: EXPIRES_S,
        interval: INTERVAL_S,
      });
    }
  })
  .post("/token", async (context) => {
    const { database } = context.var;
    const { device_code } = await readJson(context, TokenRequest, "device token", MAX_BODY_BYTES);
    const hash = await hashOf(device_code);
    // Deleting is claiming: of two polls only one gets the token.
    const [approved] = await database
      .delete(deviceCodes)
      .where(and(eq(deviceCodes.deviceHash, hash), isNotNull(deviceCodes.userId), gt(deviceCodes.expires, new Date())))
      .returning({ userId: deviceCodes.userId });
    if (approved?.userId)
      return context.json({
        access_token: await beginSession(database, approved.userId, "token"),
        token_type: "Bearer",
      });
    const [waiting] = await database
      .select({ expires: deviceCodes.expires })
      .from(deviceCodes)
      .where(and(eq(deviceCodes.deviceHash, hash), gt(deviceCodes.expires, new Date())))
      .limit(1);
    return context.json({ error: waiting ? "authorization_pending" : "expired_token" }, 400);
  });

export const devicePage = new Hono<App>()
  .get("/", async (context) => {
    const person = await personOf(context);
    const code = context.req.query("code") ?? "";
    if (!person)
      return context.redirect(`/auth/sign-in?return=${encodeURIComponent(`/device?code=${encodeURIComponent(code)}`)}`);
    return notice(
      200,
      TITLE,
      html`<p>A command line asks to act as <strong>@${person.handle}</strong>. Allow it only if it shows this code:</p>
        <form method="post"><input name="code" value="${code}" aria-label="Code" required><button>Allow</button></form>`,
    );
  })
  .post("/", async (context) => {
    const person = await personOf(context);
    if (!person) throw new Fault("unauthenticated", "sign in first");
    const form = new URLSearchParams(new TextDecoder().decode(await readBody(context, MAX_BODY_BYTES)));
    const code = (form.get("code") ?? "").trim().toUpperCase();
    const approved = await context.var.database
      .update(deviceCodes)
      .set({ userId: person.userId })
      .where(and(eq(deviceCodes.userCode, code), isNull(deviceCodes.userId), gt(deviceCodes.expires, new Date())))
      .returning({ code: deviceCodes.userCode });
    if (approved.length === 0)
      return notice(404, TITLE, html`<p>No command line shows this code, or it took too long. Begin again there.</p>`);
    return notice(200, TITLE, html`<p>Done. The command line is signed in; you may close this page.</p>`);
  });

function newUserCode(): string {
  const letters = Array.from(crypto.getRandomValues(new Uint32Array(8)), (n) => LETTERS[n % LETTERS.length]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
