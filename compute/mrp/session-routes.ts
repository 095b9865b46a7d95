/** Sessions of a project: one interpreter process each, started by the first cell or by name. */
import { z } from "zod";
import { Fault, parse, parseJson } from "../../shared/daemon/fault.ts";
import { LANGUAGES, SessionId, sessionId } from "../../shared/mrp/mrp.ts";
import type { Route } from "../api/router.ts";
import type { Executions } from "../executions/executions.ts";
import type { Project } from "../projects/projects.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import type { MrpDoor } from "./door.ts";

const StartRequest = z.object({
  /** By its MRP name, or by `language` and `name`. */
  id: SessionId.optional(),
  language: z.enum(LANGUAGES).default("python"),
  name: z.string().default("default"),
});

const Session = z.object({
  id: z.string(),
  language: z.string(),
  state: z.enum(["idle", "busy"]),
  queued: z.int(),
  executionCount: z.int(),
  variableCount: z.int(),
});
type Session = z.infer<typeof Session>;
const Listed = z.object({ sessions: z.array(Session) });

export function sessionRoutes(door: MrpDoor, runtimes: Runtimes, executions: Executions): Route[] {
  /** With when it was first and last used, which the supervisor does not know: it has no clock. */
  function withTimes(project: Project, session: Session): object {
    const { firstMs, lastMs } = executions.timesOf(runtimes.record(project).id, session.id);
    const iso = (ms: number | null) => new Date(ms ?? Date.now()).toISOString();
    return { ...session, created: iso(firstMs), lastActivity: iso(lastMs) };
  }

  async function list(project: Project): Promise<Session[]> {
    const link = door.live(project);
    return link ? parse(Listed, await link.ask({ op: "sessions" }), "the runtime's answer").sessions : [];
  }

  async function find(project: Project, id: string): Promise<Session> {
    const { session } = door.session(project, id);
    const found = (await list(project)).find((listed) => listed.id === session);
    if (!found) throw new Fault("not_found", `the session ${session} has not started`);
    return found;
  }

  return [
    door.route("GET", "/sessions", async (_call, project) => ({
      sessions: (await list(project)).map((session) => withTimes(project, session)),
    })),
    door.route("POST", "/sessions", async ({ body }, project) => {
      const request = parseJson(StartRequest, body.toString(), "session");
      const id = request.id ?? sessionId(project.slug, request.language, request.name);
      const place = await door.place(project, door.session(project, id));
      const link = await door.running(project);
      return withTimes(project, parse(Session, await link.ask({ op: "start", ...place }), "the runtime's answer"));
    }),
    door.route("GET", "/sessions/:session", async ({ params }, project) =>
      withTimes(project, await find(project, params.session ?? "")),
    ),
    door.route("DELETE", "/sessions/:session", async ({ params }, project) => {
      const { id } = await find(project, params.session ?? "");
      await door.liveOrFault(project).ask({ op: "end", session: id });
      return { deleted: true };
    }),
    door.route("POST", "/sessions/:session/reset", async ({ params }, project) => {
      const { session } = door.session(project, params.session ?? "");
      // Without a runtime there is no process to end, and the next one is a fresh one.
      const link = await door.awake(project);
      await link?.ask({ op: "reset", session });
      return { reset: true };
    }),
  ];
}
