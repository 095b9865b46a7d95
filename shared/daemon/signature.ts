/**
 * Signatures on the wire between edge and daemon: HMAC-SHA-256 over everything that decides what a request does.
 * The edge signs what it sends to the daemon, the daemon signs the events that it sends to the edge; `audience` keeps
 * a request for the one from being replayed against the other. Web Crypto only, so it runs in workerd and Node.
 */

export const SIGNATURE_HEADERS = {
  time: "x-markco-time",
  nonce: "x-markco-nonce",
  actor: "x-markco-actor",
  signature: "x-markco-signature",
} as const;

/** How far the clocks of edge and daemon may be apart, and for how long a nonce is remembered. */
export const SIGNATURE_WINDOW_MS = 60_000;

export type Audience = "daemon" | "edge";

export interface SignedParts {
  readonly audience: Audience;
  readonly method: string;
  /** Path and query exactly as on the request line. */
  readonly target: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The `x-markco-actor` header's value: who the edge acts for, or "" where nobody is. */
  readonly actor: string;
}

export type SignatureFault = "missing" | "stale" | "wrong" | "replayed";

/** Remembers nonces. `claim` answers false if the nonce was claimed before within the window. */
export interface NonceStore {
  claim(nonce: string, nowMs: number): boolean | Promise<boolean>;
}

/** Returns the headers that sign the request. `secret` is at least 32 bytes of text. */
export async function sign(secret: string, parts: SignedParts, nowMs = Date.now()): Promise<Record<string, string>> {
  const time = String(nowMs);
  const nonce = crypto.randomUUID();
  const mac = await crypto.subtle.sign("HMAC", await keyOf(secret), await message(parts, time, nonce));
  return {
    [SIGNATURE_HEADERS.time]: time,
    [SIGNATURE_HEADERS.nonce]: nonce,
    [SIGNATURE_HEADERS.actor]: parts.actor,
    [SIGNATURE_HEADERS.signature]: toHex(new Uint8Array(mac)),
  };
}

/**
 * Checks a request's signature headers. Returns null if it is good, else what is wrong with it.
 * The nonce is claimed only after the signature holds, so a stranger can't fill the store.
 */
export async function verify(
  secret: string,
  parts: Omit<SignedParts, "actor">,
  header: (name: string) => string | null | undefined,
  nonces: NonceStore,
  nowMs = Date.now(),
): Promise<SignatureFault | null> {
  const time = header(SIGNATURE_HEADERS.time);
  const nonce = header(SIGNATURE_HEADERS.nonce);
  const signature = fromHex(header(SIGNATURE_HEADERS.signature) ?? "");
  const actor = header(SIGNATURE_HEADERS.actor) ?? "";
  if (!time || !nonce || !signature || nonce.length > 64) return "missing";
  if (!/^\d{1,15}$/.test(time) || Math.abs(nowMs - Number(time)) > SIGNATURE_WINDOW_MS) return "stale";
  // subtle.verify compares in constant time.
  const good = await crypto.subtle.verify(
    "HMAC",
    await keyOf(secret),
    signature,
    await message({ ...parts, actor }, time, nonce),
  );
  if (!good) return "wrong";
  return (await nonces.claim(nonce, nowMs)) ? null : "replayed";
}

const encoder = new TextEncoder();

async function message(parts: SignedParts, time: string, nonce: string): Promise<Uint8Array<ArrayBuffer>> {
  const bodyHash = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", parts.body)));
  const lines = [
    "markco-1",
    parts.audience,
    parts.method.toUpperCase(),
    parts.target,
    bodyHash,
    time,
    nonce,
    parts.actor,
  ];
  return encoder.encode(lines.join("\n"));
}

const keys = new Map<string, Promise<CryptoKey>>();

function keyOf(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret);
  if (!key) {
    key = crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
      "verify",
    ]);
    keys.set(secret, key);
  }
  return key;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[0-9a-f]{64}$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
