import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Edge, ORIGIN, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { beginSignIn, callback, signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await Edge.start();
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.provider.lie = {};
  });

  const whoIs = async (visitor: Visitor) => (await edge.ask(visitor, "/api/me")).status;

  describe("signing in", () => {
    test("asks the provider with PKCE, a state and a nonce, and brings the person back to where they were", async () => {
      const { authorization, visitor } = await beginSignIn(edge, "/auth/sign-in?return=/edit/@demo/thesis");
      expect(Object.fromEntries(authorization.searchParams)).toMatchObject({
        response_type: "code",
        code_challenge_method: "S256",
        redirect_uri: `${ORIGIN}/auth/callback`,
      });
      const code = edge.provider.grant("demo", authorization);
      const response = await callback(edge, visitor, code, authorization.searchParams.get("state"));
      expect(response.headers.get("location")).toBe("/edit/@demo/thesis");
    });

    test("gives a cookie that only this host, only over a safe connection and no script can read", async () => {
      const { authorization, visitor } = await beginSignIn(edge);
      const code = edge.provider.grant("demo", authorization);
      const response = await callback(edge, visitor, code, authorization.searchParams.get("state"));
      const cookie = response.headers.getSetCookie().find((set) => set.startsWith("__Host-markco="));
      expect(cookie).toMatch(/; Path=\//);
      for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax"]) expect(cookie).toContain(attribute);
      expect(cookie).not.toContain("Domain");
    });

    test("keeps only the hash of a session's token", async () => {
      const { headers } = await signIn(edge, "demo");
      const token = headers.cookie?.replace("__Host-markco=", "");
      const { rows } = await edge.postgres.pool.query("select * from sessions where token_hash = $1", [token]);
      expect(rows).toHaveLength(0);
      expect(await whoIs({ headers })).toBe(200);
    });

    test("knows a person again, and gives two people of one name two handles", async () => {
      const handle = async (name: string) => {
        const { user } = JSON.parse(await (await edge.ask(await signIn(edge, name), "/api/me")).text());
        return user.handle;
      };
      expect(await handle("Zoë Müller")).toBe("zoe-muller");
      expect(await handle("Zoë Müller")).toBe("zoe-muller");
      expect(await handle("zoe-müller")).toMatch(/^zoe-muller-\d{4}$/);
    });

    test.each(["https://evil.example/", "//evil.example", "/\\evil.example"])(
      "never leads on to %s",
      async (address) => {
        const { authorization, visitor } = await beginSignIn(
          edge,
          `/auth/sign-in?return=${encodeURIComponent(address)}`,
        );
        const code = edge.provider.grant("demo", authorization);
        const response = await callback(edge, visitor, code, authorization.searchParams.get("state"));
        expect(response.headers.get("location")).toBe("/");
      },
    );
  });

  describe("a callback is refused, without a session,", () => {
    const refuses = async (response: Awaited<ReturnType<typeof callback>>) => {
      expect(response.status).toBe(401);
      expect(response.headers.getSetCookie().join()).not.toContain("__Host-markco=");
    };

    test("with another state", async () => {
      const { authorization, visitor } = await beginSignIn(edge);
      await refuses(await callback(edge, visitor, edge.provider.grant("demo", authorization), "another"));
      await refuses(await callback(edge, visitor, edge.provider.grant("demo", authorization), null));
    });

    test("in a browser that did not begin it", async () => {
      const { authorization } = await beginSignIn(edge);
      const state = authorization.searchParams.get("state");
      await refuses(await callback(edge, STRANGER, edge.provider.grant("demo", authorization), state));
    });

    test("with a code that was given for another sign-in: PKCE's verifier does not fit", async () => {
      const other = await beginSignIn(edge);
      const { authorization, visitor } = await beginSignIn(edge);
      const code = edge.provider.grant("demo", other.authorization);
      await refuses(await callback(edge, visitor, code, authorization.searchParams.get("state")));
    });

    test.each([
      ["another nonce", { nonce: "another" }],
      ["a token for another client", { aud: "somebody-else" }],
      ["two different people", { sub: "mallory" }],
    ])("when the provider answers with %s", async (_name, lie) => {
      edge.provider.lie = lie;
      const { authorization, visitor } = await beginSignIn(edge);
      const code = edge.provider.grant("demo", authorization);
      await refuses(await callback(edge, visitor, code, authorization.searchParams.get("state")));
    });

    test("with a line for the person and no script", async () => {
      const response = await callback(edge, STRANGER, "code", "state");
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await response.text()).toContain("begin again");
    });
  });

  describe("a session", () => {
    test("ends with signing out", async () => {
      const visitor = await signIn(edge, "demo");
      const answer = await edge.ask(visitor, "/auth/sign-out", { method: "POST" });
      expect(answer.status).toBe(303);
      // What the browser has kept of documents goes, too.
      expect(answer.headers.get("clear-site-data")).toBe('"storage"');
      expect(await whoIs(visitor)).toBe(401);
    });

    test("ends when it expires", async () => {
      const visitor = await signIn(edge, "expiring");
      await edge.postgres.pool.query("update sessions set expires_at = now() - interval '1 second'");
      expect(await whoIs(visitor)).toBe(401);
    });

    test("does not change anything for another site's page", async () => {
      const { headers } = await signIn(edge, "demo");
      for (const origin of ["https://evil.example", "null", ""]) {
        const visitor = { headers: { ...headers, origin } };
        expect((await edge.ask(visitor, "/auth/sign-out", { method: "POST" })).status).toBe(403);
        expect((await edge.ask(visitor, "/api/imports", { method: "POST", body: "{}" })).status).toBe(403);
      }
      expect(await whoIs({ headers })).toBe(200);
    });

    test("of a browser is no token, and a token is no cookie", async () => {
      const { headers } = await signIn(edge, "demo");
      const token = headers.cookie?.replace("__Host-markco=", "") ?? "";
      expect(await whoIs({ headers: { authorization: `Bearer ${token}` } })).toBe(401);
    });
  });

  describe("a command line", () => {
    interface Device {
      device_code: string;
      user_code: string;
    }
    const begin = async (): Promise<Device> =>
      JSON.parse(await (await edge.ask(STRANGER, "/api/device/code", { method: "POST" })).text());
    const poll = async ({ device_code }: Device) =>
      JSON.parse(
        await (
          await edge.ask(STRANGER, "/api/device/token", { method: "POST", body: JSON.stringify({ device_code }) })
        ).text(),
      );
    const allow = (visitor: Visitor, code: string) =>
      edge.ask(visitor, "/device", { method: "POST", body: new URLSearchParams({ code }).toString() });

    test("waits until a person allows its code, and then gets a token, once", async () => {
      const device = await begin();
      expect(await poll(device)).toEqual({ error: "authorization_pending" });
      expect((await allow(await signIn(edge, "demo"), device.user_code)).status).toBe(200);
      const { access_token } = await poll(device);
      expect(await whoIs({ headers: { authorization: `Bearer ${access_token}` } })).toBe(200);
      expect(await whoIs({ headers: { cookie: `__Host-markco=${access_token}` } })).toBe(401);
      expect(await poll(device)).toEqual({ error: "expired_token" });
    });

    test("is not let in by another site's page, by a stranger, or by a code that was never shown", async () => {
      const device = await begin();
      const { headers } = await signIn(edge, "demo");
      expect((await allow({ headers: { ...headers, origin: "https://evil.example" } }, device.user_code)).status).toBe(
        403,
      );
      expect((await allow(STRANGER, device.user_code)).status).toBe(401);
      expect((await allow({ headers }, "BBBB-BBBB")).status).toBe(404);
      expect(await poll(device)).toEqual({ error: "authorization_pending" });
    });

    test("is let in on a page that nobody can frame, after signing in", async () => {
      const stranger = await edge.ask(STRANGER, "/device?code=BCDF-GHJK");
      expect(stranger.headers.get("location")).toBe(
        `/auth/sign-in?return=${encodeURIComponent("/device?code=BCDF-GHJK")}`,
      );
      const page = await edge.ask(await signIn(edge, "demo"), `/device?code=${encodeURIComponent('"><script>')}`);
      expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(await page.text()).not.toContain("<script>");
    });
  });
});
