import { expect, test } from "vitest";
import { hashOf, randomToken } from "./token.ts";

test("tokens are long, safe in URLs and never the same", () => {
  const tokens = new Set(Array.from({ length: 1_000 }, randomToken));
  expect(tokens.size).toBe(1_000);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test("what is kept of a token is its SHA-256", async () => {
  expect(await hashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
