/** Passes a request or a WebSocket on to a server of ours: over a socket's path, or over a connection made for it. */
import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Fault } from "../../shared/daemon/fault.ts";
import { SIGNATURE_HEADERS } from "../../shared/daemon/signature.ts";

export interface Destination {
  readonly via: { readonly socketPath: string } | { readonly createConnection: () => Duplex };
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What a person reads when it can't be reached. */
  readonly whyNot: string;
}

/** They belong to one connection (RFC 9110 §7.6.1), or are ours. */
const NOT_FORWARDED = new Set<string>([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "host",
  "content-length",
  ...Object.values(SIGNATURE_HEADERS),
]);

export function forwardable(headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_FORWARDED.has(name)));
}

/** Resolves when the answer has been handed on or its reader has gone. Throws Fault("unavailable"). */
export function forward(
  to: Destination,
  incoming: IncomingMessage,
  body: Buffer<ArrayBuffer>,
  response: ServerResponse,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body.length > 0 ? { ...to.headers, "content-length": body.length } : to.headers;
    const onward = request({ ...to.via, path: to.path, headers, method: incoming.method ?? "GET" }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.on("end", resolve);
      answer.on("error", () => response.destroy());
    });
    onward.on("error", () => reject(new Fault("unavailable", to.whyNot)));
    response.on("close", () => {
      onward.destroy();
      resolve();
    });
    onward.end(body);
  });
}

/** Resolves when the two sockets are joined. Throws Fault("unavailable" | "forbidden" | "not_found"). */
export function forwardUpgrade(to: Destination, socket: Duplex, head: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...to.headers, connection: "Upgrade", upgrade: "websocket" };
    const onward = request({ ...to.via, path: to.path, headers, method: "GET" });
    onward.on("upgrade", (answer, other, otherHead) => {
      // Its person has gone, or was cut off, while the other side was asked.
      if (socket.destroyed) {
        other.destroy();
        return resolve();
      }
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (otherHead.length > 0) socket.write(otherHead);
      if (head.length > 0) other.write(head);
      other.pipe(socket).pipe(other);
      for (const [one, another] of [
        [socket, other],
        [other, socket],
      ] as const) {
        one.on("error", () => another.destroy());
        one.on("close", () => another.destroy());
      }
      resolve();
    });
    onward.on("response", (answer) => {
      answer.resume();
      reject(new Fault(answer.statusCode === 403 ? "forbidden" : "not_found", "the connection was refused"));
    });
    onward.on("error", () => reject(new Fault("unavailable", to.whyNot)));
    onward.end();
  });
}
