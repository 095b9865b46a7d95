/** The daemon's HTTP listeners: signature or socket decides who asks, the router what happens, one place answers faults. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { decodeActor } from "../../shared/daemon/actor.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { type NonceStore, SIGNATURE_HEADERS, verify } from "../../shared/daemon/signature.ts";
import type { Admissions } from "./admissions.ts";
import { asFault } from "./as-fault.ts";
import { type Caller, match, type Route, type UpgradeRoute } from "./router.ts";

/** Finds out who sends a request. Throws Fault("unauthenticated"). `body` is empty for an upgrade. */
export type Authenticate = (request: IncomingMessage, body: Buffer<ArrayBuffer>) => Promise<Caller>;

/** Only the edge knows the secret; anything else is refused without a word about what exists. */
export function signedByEdge(secret: string, nonces: NonceStore): Authenticate {
  return async (request, body) => {
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === "string" ? value : undefined;
    };
    const parts = { audience: "daemon", method: request.method ?? "", target: request.url ?? "", body } as const;
    const fault = await verify(secret, parts, header, nonces);
    if (fault) throw new Fault("unauthenticated", `the request's signature is ${fault}`);
    const actor = header(SIGNATURE_HEADERS.actor) ?? "";
    return { kind: "edge", actor: actor === "" ? null : decodeActor(actor) };
  };
}

/** The socket stands in one owner's editor container alone, so whoever writes to it is that owner's editor server. */
export function onOwnerSocket(ownerId: string): Authenticate {
  return () => Promise.resolve({ kind: "editor", ownerId });
}

export function createApiServer(
  authenticate: Authenticate,
  routes: readonly Route[],
  upgrades: readonly UpgradeRoute[],
  admissions: Admissions,
): Server {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => fail(request, response, error));
  });
  // A long poll or an event stream may be silent for long; the routes end what they began.
  server.requestTimeout = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const caller = await authenticate(request, body);
    const url = new URL(request.url ?? "/", "http://daemon");
    const { route, params } = match(routes, request.method ?? "", url.pathname, caller.kind);
    admissions.admit(caller, params.project, response);
    const result = await route.handle({ caller, params, url, request, body, response });
    if (result !== undefined) sendJson(response, 200, result);
  }

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => {
      const fault = asFault(error);
      const text = JSON.stringify(fault.toBody());
      socket.end(
        `HTTP/1.1 ${fault.status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
    });
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const caller = await authenticate(request, Buffer.alloc(0));
    const url = new URL(request.url ?? "/", "http://daemon");
    const { route, params } = match(upgrades, "GET", url.pathname, caller.kind);
    admissions.admit(caller, params.project, socket);
    await route.upgrade({ caller, params, url, request, socket, head });
  }

  return server;
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}

async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The request stays open when the loop is left, so that the sender gets its answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES) throw new Fault("too_large", `a request's body may have ${MAX_FILE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const fault = asFault(error);
  if (!request.complete) {
    // The rest of its body would be taken for the next request.
    response.setHeader("connection", "close");
    request.resume();
  }
  if (response.headersSent) response.destroy();
  else sendJson(response, fault.status, fault.toBody());
}
