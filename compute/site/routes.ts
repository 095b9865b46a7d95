import * as z from "zod";
import { ProjectPath } from "../../shared/daemon/contract.ts";
import { parseJson } from "../../shared/daemon/fault.ts";
import type { Route } from "../api/router.ts";
import type { Projects } from "../projects/projects.ts";
import type { Sites } from "./sites.ts";

const Changed = z.object({ paths: z.array(ProjectPath).max(10_000) });

export function siteRoutes(projects: Projects, sites: Sites): Route[] {
  return [
    {
      method: "POST",
      pattern: "/v1/projects/:project/publish",
      handle: ({ caller, params }) => sites.publish(projects.getFor(caller, params.project ?? "")),
    },
    {
      // The editor server has written files.
      method: "POST",
      pattern: "/v1/projects/:project/changed",
      callers: ["editor"],
      handle: ({ caller, params, body }) => {
        parseJson(Changed, body.toString(), "changed");
        sites.changed(projects.getFor(caller, params.project ?? "").id);
        return {};
      },
    },
  ];
}
