import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Actor, encodeActor } from "../../shared/daemon/actor.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { SIGNATURE_HEADERS, sign } from "../../shared/daemon/signature.ts";
import { Journal } from "../journal/journal.ts";
import { Admissions } from "./admissions.ts";
import { journaledNonces } from "./nonces.ts";
import { createApiServer, signedByEdge } from "./server.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const actor: Actor = { userId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13", handle: "demo", name: "Zoë", role: "owner" };

const journal = new Journal(":memory:");
const server = createApiServer(
  signedByEdge(SECRET, journaledNonces(journal)),
  [
    { method: "POST", pattern: "/echo", handle: ({ caller, body }) => ({ caller, body: body.toString() }) },
    {
      method: "GET",
      pattern: "/defect",
      handle: () => {
        throw new Error("secret detail");
      },
    },
    {
      method: "GET",
      pattern: "/fault",
      handle: () => {
        throw new Fault("conflict", "taken", "mrmd.md:3");
      },
    },
  ],
  [],
  new Admissions(),
);
let url = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function send(
  method: string,
  target: string,
  body = "",
  nowMs = Date.now(),
  change: Record<string, string> = {},
) {
  const bytes = new TextEncoder().encode(body);
  const headers = await sign(
    SECRET,
    { audience: "daemon", method, target, body: bytes, actor: encodeActor(actor) },
    nowMs,
  );
  return post(method, target, body, { ...headers, ...change });
}

async function post(method: string, target: string, body: string, headers: Record<string, string>) {
  const response = await fetch(url + target, { method, headers, ...(method === "GET" ? {} : { body }) });
  return { status: response.status, body: await response.json() };
}

test("a signed request arrives with its person and its body", async () => {
  expect(await send("POST", "/echo", "hello")).toEqual({
    status: 200,
    body: { caller: { kind: "edge", actor }, body: "hello" },
  });
});

describe("a request is refused with 401, whatever it asks for:", () => {
  test("without a signature", async () => {
    expect((await post("POST", "/echo", "x", {})).status).toBe(401);
    expect((await post("GET", "/nowhere", "", {})).status).toBe(401);
  });
  test("with a wrong one", async () => {
    expect(
      (await send("POST", "/echo", "x", Date.now(), { [SIGNATURE_HEADERS.signature]: "0".repeat(64) })).status,
    ).toBe(401);
  });
  test("with an old time stamp", async () => {
    expect((await send("POST", "/echo", "x", Date.now() - 61_000)).status).toBe(401);
  });
  test("with another person than was signed", async () => {
    const other = encodeActor({ ...actor, handle: "alice" });
    expect((await send("POST", "/echo", "x", Date.now(), { [SIGNATURE_HEADERS.actor]: other })).status).toBe(401);
  });
  test("with a nonce seen before, also by the process before this one", async () => {
    const body = new TextEncoder().encode("once");
    const headers = await sign(SECRET, { audience: "daemon", method: "POST", target: "/echo", body, actor: "" });
    expect((await post("POST", "/echo", "once", headers)).status).toBe(200);
    expect((await post("POST", "/echo", "once", headers)).status).toBe(401);
    expect(journaledNonces(journal).claim(headers[SIGNATURE_HEADERS.nonce] ?? "", Date.now())).toBe(false);
  });
});

test("what does not exist is not found, once the signature holds", async () => {
  expect((await send("GET", "/nowhere")).status).toBe(404);
});

test("a fault travels with its code, message and place", async () => {
  expect(await send("GET", "/fault")).toEqual({
    status: 409,
    body: { error: { code: "conflict", message: "taken", at: "mrmd.md:3" } },
  });
});

test("a defect tells the caller where to look and nothing else", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const { status, body } = await send("GET", "/defect");
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain("secret detail");
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});

test("a body beyond the limit is refused, and the server goes on", async () => {
  const large = "x".repeat(26 * 1024 * 1024);
  expect((await send("POST", "/echo", large).catch(() => ({ status: 413 }))).status).toBe(413);
  expect((await send("POST", "/echo", "small")).status).toBe(200);
});
