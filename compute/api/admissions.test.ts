import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type Actor, decodeActor, encodeActor } from "../../shared/daemon/actor.ts";
import type { AccessChange } from "../../shared/daemon/contract.ts";
import type { Role } from "../../shared/roles.ts";
import { Admissions } from "./admissions.ts";
import { createApiServer } from "./server.ts";

const OTHER = "5b2a4d0e-7a63-4d0a-8f0c-2f6f1f8a9b11";
const ANN = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13";
const BEN = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";

const admissions = new Admissions();
let host = "";
/** Another one for each test: what was told of it is remembered. */
let project = "";
const sockets = new WebSocketServer({ noServer: true });
const server = createApiServer(
  async ({ headers }) => {
    const header = String(headers["x-markco-actor"] ?? "");
    return { kind: "edge", actor: header === "" ? null : decodeActor(header) };
  },
  [
    {
      method: "GET",
      pattern: "/v1/projects/:project/stream",
      handle: ({ response }) => {
        response.writeHead(200).flushHeaders();
        return undefined;
      },
    },
    ...admissions.routes,
  ],
  [
    {
      pattern: "/v1/projects/:project/socket",
      upgrade: async ({ request, socket, head }) =>
        sockets.handleUpgrade(request, socket, head, (client) => client.on("message", (data) => client.send(data))),
    },
  ],
  admissions,
);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  project = randomUUID();
});

const as = (userId: string, role: Role) => {
  const actor: Actor = { userId, handle: "somebody", name: "Somebody", role };
  return { "x-markco-actor": encodeActor(actor) };
};

/** Status that an upgrade is answered with, and the socket if it is one. */
async function open(projectId: string, userId: string, role: Role): Promise<{ status: number; socket: WebSocket }> {
  const socket = new WebSocket(`ws://${host}/v1/projects/${projectId}/socket`, { headers: as(userId, role) });
  const refused = new Promise<number>((resolve) =>
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }),
  );
  socket.on("error", () => {});
  return { status: await Promise.race([refused, once(socket, "open").then(() => 101)]), socket };
}

const tell = async (change: Partial<AccessChange>) => {
  const body = JSON.stringify({ userId: ANN, role: null, readMs: 1_000, ...change });
  return (await fetch(`http://${host}/v1/projects/${project}/access`, { method: "POST", body })).status;
};

test("what a person has open in the project is closed at once, and nothing of anybody or anywhere else", async () => {
  const theirs = await open(project, ANN, "editor");
  const stream = await fetch(`http://${host}/v1/projects/${project}/stream`, { headers: as(ANN, "editor") });
  const others = [await open(project, BEN, "editor"), await open(OTHER, ANN, "editor")];
  const began = performance.now();
  const ended = [once(theirs.socket, "close"), stream.text().catch(() => "broken")];
  expect(await tell({ role: "viewer" })).toBe(200);
  await Promise.all(ended);
  expect(performance.now() - began).toBeLessThan(1_000);
  for (const { socket } of others) {
    const heard = once(socket, "message");
    socket.send("still here");
    expect(String((await heard)[0])).toBe("still here");
    socket.close();
  }
});

test("a request that was checked before the change and comes after it is refused, and one with the new role is not", async () => {
  await tell({ role: "runner" });
  expect((await open(project, ANN, "editor")).status).toBe(403);
  for (const role of ["runner", "viewer"] as const) {
    const { status, socket } = await open(project, ANN, role);
    expect(status).toBe(101);
    socket.close();
  }
});

test("of two changes the later one holds, however they arrive", async () => {
  await tell({ role: "editor", readMs: 2_000 });
  await tell({ role: null, readMs: 1_000 });
  const { status, socket } = await open(project, ANN, "editor");
  expect(status).toBe(101);
  socket.close();
  await tell({ role: null, readMs: 3_000 });
  expect((await open(project, ANN, "viewer")).status).toBe(403);
});

test("what was told is forgotten when no request can be that old", () => {
  const caller = { kind: "edge", actor: decodeActor(as(ANN, "owner")["x-markco-actor"]) } as const;
  const connection = { destroy: () => {}, once: () => {} };
  admissions.change(project, { userId: ANN, role: null, readMs: 1 }, 0);
  expect(() => admissions.admit(caller, project, connection, 599_999)).toThrow("has just changed");
  expect(() => admissions.admit(caller, project, connection, 600_000)).not.toThrow();
});

test("nonsense is refused", async () => {
  expect(await tell({ userId: "ann" })).toBe(400);
});
