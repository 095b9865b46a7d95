/** Snapshots over the daemon's API. The edge has seen to it that the actor may run cells in the project. */
import type { Actor } from "../../shared/daemon/actor.ts";
import { ShareSnapshotRequest, SnapshotRequest } from "../../shared/daemon/contract.ts";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import type { Call, Route } from "../api/router.ts";
import { sendJson } from "../api/server.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import type { Snapshots } from "./snapshots.ts";

const BASE = "/v1/projects/:project/runtime/snapshots";

export function snapshotRoutes(projects: Projects, runtimes: Runtimes, snapshots: Snapshots): Route[] {
  const route = (
    method: string,
    path: string,
    handle: (project: Project, actor: Actor, call: Call) => Promise<object | undefined>,
  ): Route => ({
    method,
    pattern: BASE + path,
    handle: (call) => {
      const { caller, params } = call;
      if (caller.kind !== "edge" || !caller.actor) throw new Fault("unauthenticated", "snapshots belong to people");
      return handle(projects.getFor(caller, params.project ?? ""), caller.actor, call);
    },
  });

  return [
    route("GET", "", (project, actor) => snapshots.list(project, actor)),
    route("POST", "", async (project, actor, { body, response }) => {
      const request = parseJson(SnapshotRequest, body.toString(), "snapshot");
      sendJson(response, 201, await snapshots.take(project, actor, request));
      return undefined;
    }),
    route("POST", "/:snapshot/restore", async (project, actor, { params }) => {
      await snapshots.restore(project, actor, params.snapshot ?? "");
      return runtimes.state(runtimes.own(project));
    }),
    route("POST", "/:snapshot/share", (project, actor, { params, body }) => {
      const { shared } = parseJson(ShareSnapshotRequest, body.toString(), "share");
      return snapshots.share(project, actor, params.snapshot ?? "", shared);
    }),
    route("DELETE", "/:snapshot", async (project, actor, { params }) => {
      await snapshots.delete(project, actor, params.snapshot ?? "");
      return {};
    }),
  ];
}
