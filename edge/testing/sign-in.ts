/** Signing in step by step, as a browser does it. */
import { type Edge, ORIGIN, STRANGER, type Visitor } from "./edge.ts";

export interface BegunSignIn {
  /** Where the browser was sent: the provider's page. */
  readonly authorization: URL;
  readonly visitor: Visitor;
}

export async function beginSignIn(edge: Edge, path = "/auth/sign-in"): Promise<BegunSignIn> {
  const response = await edge.ask(STRANGER, path);
  return {
    authorization: new URL(response.headers.get("location") ?? ""),
    visitor: { headers: { cookie: cookiesOf(response) } },
  };
}

export function callback(edge: Edge, visitor: Visitor, code: string, state: string | null) {
  const query = new URLSearchParams({ code, ...(state === null ? {} : { state }) });
  return edge.ask(visitor, `/auth/callback?${query}`);
}

/** The whole of it. The visitor's requests come from our own pages. */
export async function signIn(edge: Edge, name: string): Promise<Visitor> {
  const { authorization, visitor } = await beginSignIn(edge);
  const code = edge.provider.grant(name, authorization);
  const response = await callback(edge, visitor, code, authorization.searchParams.get("state"));
  if (response.status !== 302) throw new Error(`${name} was not signed in: ${await response.text()}`);
  return { headers: { cookie: cookiesOf(response), origin: ORIGIN } };
}

/** The cookies that a browser would send from now on; those that are taken back have no value. */
function cookiesOf(response: { headers: { getSetCookie(): string[] } }): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .filter((cookie) => !cookie.endsWith("="))
    .join("; ");
}
