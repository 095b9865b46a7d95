/** Sandboxes over the daemon's API. What runs in them is MRP's (mrp/door.ts). */
import { SandboxRequest } from "../../shared/daemon/contract.ts";
import { parseJson } from "../../shared/daemon/fault.ts";
import type { Call, Route } from "../api/router.ts";
import { sendJson } from "../api/server.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { Sandboxes } from "./sandboxes.ts";

const BASE = "/v1/projects/:project/sandboxes";

export function sandboxRoutes(projects: Projects, sandboxes: Sandboxes): Route[] {
  const route = (
    method: string,
    path: string,
    handle: (project: Project, sandboxId: string, call: Call) => Promise<object | undefined> | object,
  ): Route => ({
    method,
    pattern: BASE + path,
    handle: (call) => handle(projects.getFor(call.caller, call.params.project ?? ""), call.params.sandbox ?? "", call),
  });

  return [
    route("GET", "", (project) => ({ sandboxes: sandboxes.ofProject(project) })),
    route("POST", "", async (project, _id, { body, response }) => {
      const request = parseJson(SandboxRequest, body.toString(), "sandbox");
      sendJson(response, 201, await sandboxes.create(project, request));
      return undefined;
    }),
    route("GET", "/:sandbox", (project, id) => sandboxes.get(project, id)),
    route("GET", "/:sandbox/changes", (project, id) => sandboxes.changes(project, id)),
    route("DELETE", "/:sandbox", async (project, id) => {
      await sandboxes.end(project, id);
      return {};
    }),
  ];
}
