/** The OpenID provider that vouches for people: discovery, and the two requests of the authorization code flow. */
import * as z from "zod";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import type { Settings } from "../environment.ts";

const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  userinfo_endpoint: z.url(),
});
const Tokens = z.object({ access_token: z.string(), id_token: z.string() });
const IdClaims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  nonce: z.string(),
  sub: z.string(),
});
const UserInfo = z.object({
  sub: z.string().min(1).max(255),
  name: z.string().max(200).optional(),
  preferred_username: z.string().max(200).optional(),
  email: z.string().max(320).optional(),
  email_verified: z.boolean().optional(),
});
export type Identity = z.infer<typeof UserInfo> & { issuer: string };

export class Provider {
  readonly #settings: Settings;
  #discovery: Promise<z.infer<typeof Discovery>> | null = null;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Where the person signs in. `challenge` is the S256 hash of the verifier (RFC 7636). */
  async authorizationUrl(state: string, nonce: string, challenge: string): Promise<string> {
    const { authorization_endpoint } = await this.#discover();
    const url = new URL(authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: "code",
      client_id: this.#settings.OIDC_CLIENT_ID,
      redirect_uri: this.#redirectUri,
      scope: "openid profile email",
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: "S256",
    }).toString();
    return url.href;
  }

  /** Trades the code for who the person is. Throws Fault("unauthenticated") if the provider or its token does not hold. */
  async identify(code: string, verifier: string, nonce: string): Promise<Identity> {
    const { issuer, token_endpoint, userinfo_endpoint } = await this.#discover();
    const { OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = this.#settings;
    const tokens = parse(
      Tokens,
      await answer(
        fetch(token_endpoint, {
          method: "POST",
          headers: {
            // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
            authorization: `Basic ${btoa(`${encodeURIComponent(OIDC_CLIENT_ID)}:${encodeURIComponent(OIDC_CLIENT_SECRET)}`)}`,
            "content-type": "application/x-www-form-urlencoded",
          },
          body: new URLSearchParams({
            grant_type: "authorization_code",
            code,
            redirect_uri: this.#redirectUri,
            code_verifier: verifier,
          }),
        }),
      ),
      "the provider's tokens",
    );
    // The token came straight from the provider, so its claims need no signature check (OpenID Connect Core §3.1.3.7).
    const claims = parse(IdClaims, claimsOf(tokens.id_token), "the provider's id token");
    const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    const holds =
      claims.iss === issuer &&
      audience.includes(OIDC_CLIENT_ID) &&
      claims.exp * 1000 > Date.now() &&
      claims.nonce === nonce;
    if (!holds) throw new Fault("unauthenticated", "the provider's answer is not for this sign-in; try again");
    const info = parse(
      UserInfo,
      await answer(fetch(userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } })),
      "the provider's user info",
    );
    if (info.sub !== claims.sub)
      throw new Fault("unauthenticated", "the provider names two different people; try again");
    return { ...info, issuer };
  }

  get #redirectUri(): string {
    return `${this.#settings.PUBLIC_ORIGIN}/auth/callback`;
  }

  #discover(): Promise<z.infer<typeof Discovery>> {
    this.#discovery ??= this.#fetchDiscovery().catch((error: unknown) => {
      this.#discovery = null;
      throw error;
    });
    return this.#discovery;
  }

  async #fetchDiscovery(): Promise<z.infer<typeof Discovery>> {
    const { OIDC_ISSUER } = this.#settings;
    const response = await fetch(`${OIDC_ISSUER.replace(/\/$/, "")}/.well-known/openid-configuration`).catch(
      () => null,
    );
    if (!response?.ok) throw silent();
    const found = parse(Discovery, await response.json().catch(() => null), "the provider's discovery document");
    if (found.issuer.replace(/\/$/, "") !== OIDC_ISSUER.replace(/\/$/, ""))
      throw new Fault("internal", "the provider calls itself by another name");
    return found;
  }
}

/** Throws Fault("unavailable") if the provider can't be reached, Fault("unauthenticated") if it says no. */
async function answer(asked: Promise<Response>): Promise<unknown> {
  const response = await asked.catch(() => null);
  if (!response || response.status >= 500) throw silent();
  if (!response.ok) throw new Fault("unauthenticated", "the provider does not confirm this sign-in; try again");
  return response.json().catch(() => null);
}

function silent(): Fault {
  return new Fault("unavailable", "the sign-in provider does not answer; try again in a moment");
}

function claimsOf(jwt: string): unknown {
  try {
    const payload = (jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (c) => c.charCodeAt(0))));
  } catch {
    return null;
  }
}
