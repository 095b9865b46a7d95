/** Passes requests and WebSockets on to web apps that people's code serves in their runtime. */
import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { DAEMON } from "../../shared/daemon/contract.ts";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import { type Destination, forward, forwardable, forwardUpgrade } from "../api/forward.ts";
import type { Caller, Route, UpgradeRoute } from "../api/router.ts";
import type { Projects } from "../projects/projects.ts";
import type { Runtimes } from "../runtime/runtimes.ts";

const PATTERN = "/v1/projects/:project/proxy/:port/*rest";
const Port = z.coerce.number().int().min(1024).max(65535);

export function proxyRoutes(
  projects: Projects,
  runtimes: Runtimes,
  touch: (runtimeId: string) => void,
): { routes: Route[]; upgrades: UpgradeRoute[] } {
  async function target(
    caller: Caller,
    params: Readonly<Record<string, string>>,
    url: URL,
    { headers }: IncomingMessage,
  ): Promise<Destination> {
    const runtimeId = runtimes.own(projects.getFor(caller, params.project ?? ""));
    const port = parse(Port, params.port, "port");
    // An app sleeps with its runtime. In a fresh runtime there is none.
    if (!(await runtimes.awake(runtimeId))) throw new Fault("unavailable", "nothing runs in this project now");
    touch(runtimeId);
    const dial = await runtimes.dialer(runtimeId);
    return {
      via: { createConnection: () => dial(port) },
      path: (params.rest ?? "/") + url.search,
      headers: { ...forwardable(headers), host: `localhost:${port}` },
      whyNot: `nothing in this project answers on port ${port}`,
    };
  }

  return {
    routes: [
      {
        method: "*",
        pattern: PATTERN,
        handle: async ({ caller, params, url, request, body, response }) => {
          try {
            await forward(await target(caller, params, url, request), request, body, response);
          } catch (error) {
            if (!response.headersSent) response.setHeader(DAEMON.proxyFault, "1");
            throw error;
          }
          return undefined;
        },
      },
    ],
    upgrades: [
      {
        pattern: PATTERN,
        upgrade: async ({ caller, params, url, request, socket, head }) =>
          forwardUpgrade(await target(caller, params, url, request), socket, head),
      },
    ],
  };
}
