import { describe, expect, test } from "vitest";
import { type NonceStore, SIGNATURE_HEADERS, sign, verify } from "./signature.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const NOW = 1_800_000_000_000;
const parts = {
  audience: "daemon",
  method: "POST",
  target: "/v1/imports?x=1",
  body: new TextEncoder().encode("{}"),
  actor: '{"handle":"demo"}',
} as const;

function freshNonces(): NonceStore {
  const seen = new Set<string>();
  return { claim: (nonce) => !seen.has(nonce) && Boolean(seen.add(nonce)) };
}

async function check(
  change: Partial<typeof parts> & { headers?: Record<string, string> },
  nowMs = NOW,
  nonces = freshNonces(),
) {
  const headers = { ...(await sign(SECRET, parts, NOW)), ...change.headers };
  const { actor: _, ...seen } = { ...parts, ...change };
  return verify(SECRET, seen, (name) => headers[name], nonces, nowMs);
}

test("a signed request is good once and replayed the second time", async () => {
  const headers = await sign(SECRET, parts, NOW);
  const nonces = freshNonces();
  expect(await verify(SECRET, parts, (name) => headers[name], nonces, NOW)).toBeNull();
  expect(await verify(SECRET, parts, (name) => headers[name], nonces, NOW)).toBe("replayed");
});

describe("a signature does not hold for", () => {
  test.each([
    ["another audience", { audience: "edge" as const }],
    ["another method", { method: "PUT" as const }],
    ["another path", { target: "/v1/imports?x=2" as const }],
    ["another body", { body: new TextEncoder().encode("[]") }],
    ["another person", { headers: { [SIGNATURE_HEADERS.actor]: '{"handle":"other"}' } }],
    ["another nonce", { headers: { [SIGNATURE_HEADERS.nonce]: crypto.randomUUID() } }],
    ["another time", { headers: { [SIGNATURE_HEADERS.time]: String(NOW + 1) } }],
    ["another secret's mac", { headers: { [SIGNATURE_HEADERS.signature]: "0".repeat(64) } }],
  ])("%s", async (_name, change) => {
    expect(await check(change as Parameters<typeof check>[0])).toBe("wrong");
  });
});

test("an old or future time stamp is stale, and a stale request does not use up its nonce", async () => {
  const nonces = freshNonces();
  expect(await check({}, NOW + 61_000, nonces)).toBe("stale");
  expect(await check({}, NOW - 61_000, nonces)).toBe("stale");
  expect(await check({}, NOW + 59_000, nonces)).toBeNull();
});

test("a request without signature headers is refused", async () => {
  expect(await verify(SECRET, parts, () => null, freshNonces(), NOW)).toBe("missing");
});
