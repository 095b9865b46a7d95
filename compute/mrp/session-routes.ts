/** Sessions of a project: one interpreter process each, started by the first cell or by name. */
import * as z from "zod";
import { Fault, parse, parseJson } from "../../shared/daemon/fault.ts";
import { LANGUAGES, SessionId, sessionId } from "../../shared/mrp/mrp.ts";
import type { Route } from "../api/router.ts";
import type { Executions } from "../executions/executions.ts";
import type { Asked, MrpDoor } from "./door.ts";

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

export function sessionRoutes(door: MrpDoor, executions: Executions): Route[] {
  /** With when it was first and last used, which the supervisor does not know: it has no clock. */
  function withTimes({ runtimeId }: Asked, session: Session): object {
    const { firstMs, lastMs } = executions.timesOf(runtimeId, session.id);
    const iso = (ms: number | null) => new Date(ms ?? Date.now()).toISOString();
    return { ...session, created: iso(firstMs), lastActivity: iso(lastMs) };
  }

  async function list(asked: Asked): Promise<Session[]> {
    const link = door.live(asked);
    return link ? parse(Listed, await link.ask({ op: "sessions" }), "the runtime's answer").sessions : [];
  }

  async function find(asked: Asked, id: string): Promise<Session> {
    const { session } = door.session(asked, id);
    const found = (await list(asked)).find((listed) => listed.id === session);
    if (!found) throw new Fault("not_found", `the session ${session} has not started`);
    return found;
  }

  return [
    ...door.route("GET", "/sessions", async (_call, asked) => ({
      sessions: (await list(asked)).map((session) => withTimes(asked, session)),
    })),
    ...door.route("POST", "/sessions", async ({ body }, asked) => {
      const request = parseJson(StartRequest, body.toString(), "session");
      const id = request.id ?? sessionId(asked.project.slug, request.language, request.name);
      const place = await door.place(asked, door.session(asked, id));
      const link = await door.running(asked);
      return withTimes(asked, parse(Session, await link.ask({ op: "start", ...place }), "the runtime's answer"));
    }),
    ...door.route("GET", "/sessions/:session", async ({ params }, asked) =>
      withTimes(asked, await find(asked, params.session ?? "")),
    ),
    ...door.route("DELETE", "/sessions/:session", async ({ params }, asked) => {
      const { id } = await find(asked, params.session ?? "");
      await door.liveOrFault(asked).ask({ op: "end", session: id });
      return { deleted: true };
    }),
    ...door.route("POST", "/sessions/:session/reset", async ({ params }, asked) => {
      const { session } = door.session(asked, params.session ?? "");
      // Without a runtime there is no process to end, and the next one is a fresh one.
      const link = await door.awake(asked);
      await link?.ask({ op: "reset", session });
      return { reset: true };
    }),
  ];
}
