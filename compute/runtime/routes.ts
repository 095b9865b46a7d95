/** A project's runtime as a whole: started, stopped, moved, put to sleep. */
import { MoveRequest, type RuntimeView } from "../../shared/daemon/contract.ts";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import type { Route } from "../api/router.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { Runtimes } from "./runtimes.ts";

const BASE = "/v1/projects/:project/runtime";

/** @param view a runtime as its author sees it */
export function runtimeRoutes(
  projects: Projects,
  runtimes: Runtimes,
  view: (project: Project) => RuntimeView,
): Route[] {
  /** Answers with the runtime's state when `act` has ended. */
  function verb(name: string, act: (runtimeId: string) => Promise<unknown>): Route {
    return {
      method: "POST",
      pattern: `${BASE}/${name}`,
      handle: async ({ caller, params }) => {
        const runtimeId = runtimes.own(projects.getFor(caller, params.project ?? ""));
        await act(runtimeId);
        return runtimes.state(runtimeId);
      },
    };
  }

  return [
    {
      method: "GET",
      pattern: BASE,
      callers: ["edge", "editor"],
      handle: ({ caller, params }) => view(projects.getFor(caller, params.project ?? "")),
    },
    // A runtime that sleeps is woken by the same.
    verb("start", (runtimeId) => runtimes.running(runtimeId)),
    verb("stop", (runtimeId) => runtimes.stop(runtimeId)),
    verb("sleep", (runtimeId) => runtimes.sleep(runtimeId)),
    {
      // Answered when it has begun: a machine may take half a minute to come up.
      method: "POST",
      pattern: `${BASE}/move`,
      handle: ({ caller, params, body }) => {
        const { tier, moveId } = parseJson(MoveRequest, body.toString(), "move");
        return runtimes.move(runtimes.own(projects.getFor(caller, params.project ?? "")), tier, moveId);
      },
    },
    {
      method: "GET",
      pattern: `${BASE}/moves/:move`,
      handle: ({ caller, params }) => {
        const move = runtimes.moveOf(runtimes.own(projects.getFor(caller, params.project ?? "")), params.move ?? "");
        if (!move) throw new Fault("not_found", "no such move");
        return move;
      },
    },
  ];
}
