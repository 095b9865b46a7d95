/** Random tokens. The database keeps their hash alone, so comparing is a look-up and leaks no time. */
import { toHex } from "../../shared/daemon/signature.ts";

/** 256 bits, safe in URLs and cookies. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (c) => ({ "+": "-", "/": "_", "=": "" })[c] ?? "");
}

export async function hashOf(token: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))));
}
