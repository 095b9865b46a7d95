/** An OpenID provider for tests: vouches for whoever the test names, and checks PKCE as a real one does. */
import { createHash, randomUUID } from "node:crypto";
import { type Loopback, listen, type Received } from "./loopback.ts";

interface Granted {
  readonly name: string;
  readonly challenge: string;
  readonly nonce: string;
}

export class FakeProvider {
  /** What it tells differently than it should. */
  lie: { nonce?: string; aud?: string; sub?: string } = {};
  /** E-mail addresses by name; people without one have none. */
  readonly emails = new Map<string, { readonly email: string; readonly email_verified: boolean }>();
  readonly #codes = new Map<string, Granted>();
  readonly #tokens = new Map<string, string>();
  #loopback: Loopback | null = null;

  async start(): Promise<string> {
    this.#loopback = await listen((request) => this.#answer(request));
    return this.#loopback.origin;
  }

  async stop(): Promise<void> {
    await this.#loopback?.close();
  }

  /** The person agrees: the code that the provider would send them back with. */
  grant(name: string, authorization: URL): string {
    const query = authorization.searchParams;
    if (query.get("code_challenge_method") !== "S256") throw new Error("PKCE with S256 is required");
    const code = randomUUID();
    this.#codes.set(code, {
      name,
      challenge: query.get("code_challenge") ?? "",
      nonce: query.get("nonce") ?? "",
    });
    return code;
  }

  #answer({ target, headers, body }: Received): Response {
    const issuer = this.#loopback?.origin ?? "";
    switch (target) {
      case "/.well-known/openid-configuration":
        return Response.json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
        });
      case "/token":
        return this.#redeem(issuer, new URLSearchParams(new TextDecoder().decode(body)));
      case "/userinfo": {
        const name = this.#tokens.get(headers.authorization?.replace("Bearer ", "") ?? "");
        if (name === undefined) return new Response(null, { status: 401 });
        return Response.json({
          sub: this.lie.sub ?? name,
          preferred_username: name,
          name: `${name} of the tests`,
          ...this.emails.get(name),
        });
      }
      default:
        return new Response(null, { status: 404 });
    }
  }

  #redeem(issuer: string, form: URLSearchParams): Response {
    const granted = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!granted || proof !== granted.challenge) return Response.json({ error: "invalid_grant" }, { status: 400 });
    const token = randomUUID();
    this.#tokens.set(token, granted.name);
    const claims = {
      iss: issuer,
      aud: this.lie.aud ?? "markco",
      exp: Math.floor(Date.now() / 1000) + 60,
      nonce: this.lie.nonce ?? granted.nonce,
      sub: granted.name,
    };
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return Response.json({ access_token: token, id_token: `e30.${payload}.` });
  }
}
