/** Passes requests and WebSockets of people on to their project's editor server. */
import { type IncomingHttpHeaders, request } from "node:http";
import { encodeActor } from "../../shared/daemon/actor.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { SIGNATURE_HEADERS } from "../../shared/daemon/signature.ts";
import type { Caller, Route, UpgradeRoute } from "../api/router.ts";
import type { Projects } from "../projects/projects.ts";
import type { Editors } from "./editors.ts";

const PATTERN = "/v1/projects/:project/editor/*rest";
/** They belong to one connection (RFC 9110 §7.6.1), or are ours. */
const NOT_FORWARDED = new Set<string>([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "host",
  "content-length",
  ...Object.values(SIGNATURE_HEADERS),
]);

export function editorTunnel(projects: Projects, editors: Editors): { routes: Route[]; upgrades: UpgradeRoute[] } {
  async function target(
    caller: Caller,
    params: Readonly<Record<string, string>>,
    search: string,
    headers: IncomingHttpHeaders,
  ) {
    if (caller.kind !== "edge" || caller.actor === null)
      throw new Fault("unauthenticated", "the request names no person");
    const project = projects.getFor(caller, params.project ?? "");
    return {
      socketPath: await editors.socketOf(project.owner.userId),
      path: (params.rest ?? "/") + search,
      headers: {
        ...Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_FORWARDED.has(name))),
        host: "editor",
        "x-markco-project": project.id,
        "x-markco-actor": encodeActor(caller.actor),
      },
    };
  }

  return {
    routes: [
      {
        method: "*",
        pattern: PATTERN,
        handle: async ({ caller, params, url, request: incoming, body, response }) => {
          const to = await target(caller, params, url.search, incoming.headers);
          await new Promise<void>((resolve, reject) => {
            const headers = body.length > 0 ? { ...to.headers, "content-length": body.length } : to.headers;
            const onward = request({ ...to, headers, method: incoming.method ?? "GET" }, (answer) => {
              response.writeHead(answer.statusCode ?? 502, answer.headers);
              response.flushHeaders();
              answer.pipe(response);
              answer.on("end", resolve);
              answer.on("error", () => response.destroy());
            });
            onward.on("error", () =>
              reject(new Fault("unavailable", "the editor server went away; try again in a moment")),
            );
            response.on("close", () => {
              onward.destroy();
              resolve();
            });
            onward.end(body);
          });
          return undefined;
        },
      },
    ],
    upgrades: [
      {
        pattern: PATTERN,
        upgrade: async ({ caller, params, url, request: incoming, socket, head }) => {
          const to = await target(caller, params, url.search, incoming.headers);
          const headers = { ...to.headers, connection: "Upgrade", upgrade: "websocket" };
          await new Promise<void>((resolve, reject) => {
            const onward = request({ ...to, headers, method: "GET" });
            onward.on("upgrade", (answer, editorSocket, editorHead) => {
              const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
              socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
              if (editorHead.length > 0) socket.write(editorHead);
              if (head.length > 0) editorSocket.write(head);
              editorSocket.pipe(socket).pipe(editorSocket);
              for (const [one, other] of [
                [socket, editorSocket],
                [editorSocket, socket],
              ] as const) {
                one.on("error", () => other.destroy());
                one.on("close", () => other.destroy());
              }
              resolve();
            });
            onward.on("response", (answer) => {
              answer.resume();
              reject(
                new Fault(
                  answer.statusCode === 403 ? "forbidden" : "not_found",
                  "the editor server refused the connection",
                ),
              );
            });
            onward.on("error", () =>
              reject(new Fault("unavailable", "the editor server went away; try again in a moment")),
            );
            onward.end();
          });
        },
      },
    ],
  };
}
