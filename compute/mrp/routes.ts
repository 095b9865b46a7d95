/** MRP over HTTP (formats.md §4), for the edge's callers and for the owner's editor server. */
import * as z from "zod";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import { LANGUAGES } from "../../shared/mrp/mrp.ts";
import { contentTypeOf } from "../../shared/site/content-type.ts";
import { PROJECT_MOUNT } from "../agent/host-agent.ts";
import type { Route, UpgradeRoute } from "../api/router.ts";
import type { Executions } from "../executions/executions.ts";
import type { Projects } from "../projects/projects.ts";
import type { RuntimeLink } from "../runtime/link.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { MrpDoor } from "./door.ts";
import { type BeforeCell, executionRoutes } from "./execution-routes.ts";
import { questionRoutes } from "./question-routes.ts";
import { sessionRoutes } from "./session-routes.ts";

const FEATURES = {
  execute: true,
  executeStream: true,
  executions: true,
  input: true,
  interrupt: true,
  complete: true,
  inspect: true,
  hover: true,
  variables: true,
  variableExpand: true,
  reset: true,
  isComplete: true,
  format: true,
  history: true,
  assets: true,
};

export function mrpRoutes(
  projects: Projects,
  runtimes: Runtimes,
  executions: Executions,
  beforeCell: BeforeCell,
): { readonly routes: Route[]; readonly upgrades: UpgradeRoute[] } {
  const door = new MrpDoor(projects, runtimes);
  const running = executionRoutes(door, runtimes, executions, beforeCell);
  return {
    routes: [
      ...door.route("GET", "/capabilities", async (_call, asked) => {
        const { project } = asked;
        const python = (await projects.configurationOrDefaults(project)).session?.python;
        const virtualenv = python?.venv === undefined ? null : `${PROJECT_MOUNT}/${python.venv}`;
        return {
          runtime: "markco",
          version: "1",
          languages: await languages(door.live(asked)),
          features: FEATURES,
          defaultSession: `${project.slug}:${python?.name ?? "default"}`,
          environment: { cwd: `${PROJECT_MOUNT}/${python?.cwd ?? "."}`.replace(/\/\.$/, ""), virtualenv },
        };
      }),
      ...sessionRoutes(door, executions),
      ...running.routes,
      ...questionRoutes(door),
      ...door.route("GET", "/assets/*path", async ({ params, response }, { project }) => {
        const path = decoded((params.path ?? "").slice(1));
        const content = await projects.read(project, path);
        response.writeHead(200, { "content-type": contentTypeOf(path), "content-length": content.length });
        response.end(content);
        return undefined;
      }),
    ],
    upgrades: running.upgrades,
  };
}

/** Those that the runtime has. One that does not run says nothing; then it is those that an image may have. */
async function languages(link: RuntimeLink | null): Promise<readonly string[]> {
  if (!link) return LANGUAGES;
  const reply = await link.ask({ op: "sessions" });
  return parse(z.object({ languages: z.array(z.string()) }), reply, "the runtime's answer").languages;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Fault("invalid", "the path is not percent-encoded UTF-8");
  }
}
