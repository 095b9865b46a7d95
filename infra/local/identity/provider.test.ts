import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { originOf } from "../addresses.ts";
import { Browser } from "../browser.ts";
import { freePort } from "../testing/free-port.ts";
import { startProvider } from "./provider.ts";

const EDGE = "http://localhost:1";
let issuer: string;
let provider: { close(): Promise<void> };

beforeAll(async () => {
  const port = await freePort();
  issuer = originOf(port);
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  provider = await startProvider({
    port,
    edgeOrigin: EDGE,
    clientId: "markco",
    clientSecret: "a client's secret",
    cookieKey: "a cookie key",
    key: { ...key, kty: "RSA", use: "sig", alg: "RS256", kid: "1" },
  });
});
afterAll(() => provider.close());

function authorize(parameters: Record<string, string>): string {
  const query = new URLSearchParams({
    client_id: "markco",
    response_type: "code",
    redirect_uri: `${EDGE}/auth/callback`,
    scope: "openid profile email",
    state: "a-state",
    ...parameters,
  });
  return `${issuer}/auth?${query}`;
}

const verifier = randomBytes(32).toString("base64url");
const pkce = {
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
};

/** Signs in by the form and returns where the provider sends the browser. */
async function signIn(name: string, password: string): Promise<{ location: URL | null; text: string }> {
  const browser = new Browser((url) => url.startsWith(EDGE));
  const page = await browser.open(authorize(pkce));
  const answer = await browser.submit(page, { name, password });
  return { location: answer.stoppedAt, text: answer.text };
}

async function redeem(code: string, codeVerifier: string): Promise<Response> {
  return fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("markco:a+client%27s+secret")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: `${EDGE}/auth/callback`,
      code_verifier: codeVerifier,
    }),
  });
}

describe("the local sign-in provider", () => {
  test("shows a form with the demo account filled in, and gives a code for it", async () => {
    const browser = new Browser((url) => url.startsWith(EDGE));
    const page = await browser.open(authorize(pkce));
    expect(page.text).toContain('value="demo"');
    const { stoppedAt } = await browser.submit(page, {});
    expect(stoppedAt?.searchParams.get("state")).toBe("a-state");
    expect(stoppedAt?.searchParams.get("code")).toBeTruthy();
  });

  test("gives the person's name for a code and its verifier, once", async () => {
    const { location } = await signIn("alice", "alice");
    const code = location?.searchParams.get("code") ?? "";
    const tokens = z.object({ id_token: z.string() }).parse(await (await redeem(code, verifier)).json());
    const claims = JSON.parse(Buffer.from(tokens.id_token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ sub: "alice", preferred_username: "alice", name: "Alice Author", iss: issuer });
    expect((await redeem(code, verifier)).status).toBe(400);
  });

  test("refuses a code with another verifier", async () => {
    const { location } = await signIn("bob", "bob");
    const answer = await redeem(location?.searchParams.get("code") ?? "", randomBytes(32).toString("base64url"));
    expect(answer.status).toBe(400);
  });

  test("refuses a sign-in without PKCE", async () => {
    const answer = await fetch(authorize({}), { redirect: "manual" });
    const location = new URL(answer.headers.get("location") ?? "");
    expect(location.searchParams.get("error")).toBe("invalid_request");
  });

  test("shows the form again for a wrong password", async () => {
    const { location, text } = await signIn("demo", "wrong");
    expect(location).toBeNull();
    expect(text).toContain("don't belong together");
  });

  test("sends codes to the edge only", async () => {
    const answer = await fetch(authorize({ ...pkce, redirect_uri: "http://localhost:2/auth/callback" }), {
      redirect: "manual",
    });
    expect(answer.status).toBe(400);
  });

  test("answers a form that this browser never asked for with a line", async () => {
    const answer = await fetch(`${issuer}/interaction/abc`, { method: "POST" });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("expired");
  });
});
