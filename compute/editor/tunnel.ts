/** Passes requests and WebSockets of people on to their project's editor server. */
import type { IncomingHttpHeaders } from "node:http";
import { encodeActor } from "../../shared/daemon/actor.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { type Destination, forward, forwardable, forwardUpgrade } from "../api/forward.ts";
import type { Caller, Route, UpgradeRoute } from "../api/router.ts";
import type { Projects } from "../projects/projects.ts";
import type { Editors } from "./editors.ts";

const PATTERN = "/v1/projects/:project/editor/*rest";

export function editorTunnel(projects: Projects, editors: Editors): { routes: Route[]; upgrades: UpgradeRoute[] } {
  async function target(
    caller: Caller,
    params: Readonly<Record<string, string>>,
    search: string,
    headers: IncomingHttpHeaders,
  ): Promise<Destination> {
    if (caller.kind !== "edge" || caller.actor === null)
      throw new Fault("unauthenticated", "the request names no person");
    const project = projects.getFor(caller, params.project ?? "");
    return {
      via: { socketPath: await editors.socketOf(project.owner.userId) },
      path: (params.rest ?? "/") + search,
      headers: {
        ...forwardable(headers),
        host: "editor",
        "x-markco-project": project.id,
        "x-markco-actor": encodeActor(caller.actor),
      },
      whyNot: "the editor server went away; try again in a moment",
    };
  }

  return {
    routes: [
      {
        method: "*",
        pattern: PATTERN,
        handle: async ({ caller, params, url, request, body, response }) => {
          await forward(await target(caller, params, url.search, request.headers), request, body, response);
          return undefined;
        },
      },
    ],
    upgrades: [
      {
        pattern: PATTERN,
        upgrade: async ({ caller, params, url, request, socket, head }) =>
          forwardUpgrade(await target(caller, params, url.search, request.headers), socket, head),
      },
    ],
  };
}
