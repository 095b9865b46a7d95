/** An OpenID provider for the local platform: certified code, PKCE required, three accounts. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider, { type JWK } from "oidc-provider";
import { originOf } from "../addresses.ts";
import { claimsOf, signIn } from "./accounts.ts";
import { memoryAdapters } from "./memory.ts";
import { signInPage } from "./page.ts";

export interface ProviderSettings {
  readonly port: number;
  /** The edge's origin, the one place that codes are sent to. */
  readonly edgeOrigin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cookieKey: string;
  readonly key: JWK;
}

const FORM_BYTES = 10_000;
const INTERACTION = /^\/interaction\/[\w-]+$/;

export async function startProvider(settings: ProviderSettings): Promise<{ close(): Promise<void> }> {
  const provider = makeProvider(settings);
  const handle = provider.callback();
  const server = createServer((request, response) => {
    if (!INTERACTION.test(request.url ?? "")) return handle(request, response);
    interact(provider, request, response).catch(() => {
      response
        .writeHead(400, { "content-type": "text/plain" })
        .end("This sign-in has expired. Go back and try again.\n");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port, "127.0.0.1", resolve);
  });
  return {
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function makeProvider({ port, edgeOrigin, clientId, clientSecret, cookieKey, key }: ProviderSettings): Provider {
  const provider: Provider = new Provider(originOf(port), {
    adapter: memoryAdapters(),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${edgeOrigin}/auth/callback`],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    pkce: { required: () => true },
    jwks: { keys: [key] },
    cookies: { keys: [cookieKey] },
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 86_400, IdToken: 600, Interaction: 1_800, Session: 86_400 },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, subject) => {
      const claims = claimsOf(subject);
      return claims ? { accountId: subject, claims: () => claims } : undefined;
    },
    // There is one client, and it is the platform itself: nobody is asked whether it may know their name.
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  return provider;
}

/** Shows the sign-in page, or takes its form. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const page = (status: number, problem: string | null) =>
    response
      .writeHead(status, {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy":
          "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      })
      .end(signInPage(request.url ?? "", problem));

  // Throws when this browser didn't begin the sign-in.
  await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    page(200, null);
    return;
  }
  const form = new URLSearchParams(await bodyOf(request));
  const account = signIn(form.get("name") ?? "", form.get("password") ?? "");
  if (!account) {
    page(401, "That name and password don't belong together.");
    return;
  }
  await provider.interactionFinished(request, response, { login: { accountId: account.name } });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > FORM_BYTES) throw new Error("the form is too large");
  }
  return text;
}
