/** Running code: executions as resources that are replayed and followed, and the two calls of MRP that hide them. */
import type { ServerResponse } from "node:http";
import * as z from "zod";
import { Fault, parse, parseJson } from "../../shared/daemon/fault.ts";
import { problemOfPath } from "../../shared/fsml/path.ts";
import {
  ExecuteRequest,
  type Execution,
  ExecutionId,
  InputRequest,
  InterruptRequest,
  SessionId,
} from "../../shared/mrp/mrp.ts";
import { PROJECT_MOUNT } from "../agent/host-agent.ts";
import type { Route, UpgradeRoute } from "../api/router.ts";
import { sendJson } from "../api/server.ts";
import type { Executions } from "../executions/executions.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { collect } from "./collect.ts";
import type { Asked, MrpDoor } from "./door.ts";
import { serveEvents } from "./event-socket.ts";
import { streamEvents } from "./event-stream.ts";

const InputCancelRequest = z.object({ session: SessionId, exec_id: ExecutionId });
const HistoryRequest = z.object({
  session: SessionId,
  limit: z.int().min(1).max(1000).default(100),
  /** Entries with a smaller index. */
  before: z.int().optional(),
  /** Entries whose code contains it. */
  pattern: z.string().max(1000).optional(),
});
const After = z.coerce.number().int().min(0);

/** Looks at a cell before it runs. Never throws. */
export type BeforeCell = (asked: Asked, language: string, code: string) => Promise<void>;

export function executionRoutes(
  door: MrpDoor,
  runtimes: Runtimes,
  executions: Executions,
  beforeCell: BeforeCell,
): { readonly routes: Route[]; readonly upgrades: UpgradeRoute[] } {
  /** Records the execution, then sends it. The same id twice is one execution. */
  async function submit(asked: Asked, request: ExecuteRequest): Promise<Execution> {
    if (executions.get(request.execId)) return ownExecution(asked, request.execId);
    const place = await door.place(asked, door.session(asked, request.session));
    await door.running(asked);
    await beforeCell(asked, place.language, request.code);
    // It may be on another machine since.
    const link = await door.running(asked);
    const record = runtimes.record(asked.runtimeId);
    const line = {
      id: request.execId,
      op: "execute",
      exec: request.execId,
      ...place,
      code: request.code,
      silent: request.silent,
      storeHistory: request.storeHistory,
      assetDir: request.assetDir === null ? null : `${PROJECT_MOUNT}/${checkedFolder(request.assetDir)}`,
    } as const;
    if (executions.add(record.id, record.epoch, line)) link.submit(JSON.stringify(line));
    return ownExecution(asked, request.execId);
  }

  function ownExecution({ runtimeId: asked }: Asked, id: string): Execution {
    const found = executions.get(id);
    if (!found || found.runtimeId !== asked) throw new Fault("not_found", "no such execution");
    const { runtimeId: _, ...execution } = found;
    return execution;
  }

  /** The execution that an address names, and where in its events the client is. */
  function followed(asked: Asked, id: string, url: URL): { id: string; after: number } {
    const { executionId } = ownExecution(asked, id);
    return { id: executionId, after: parse(After, url.searchParams.get("after") ?? "0", "after") };
  }

  const accepted = z.object({ accepted: z.boolean() });

  const routes = [
    ...door.route("POST", "/executions", async ({ body, response }, asked) => {
      sendJson(response, 202, await submit(asked, parseJson(ExecuteRequest, body.toString(), "execute")));
      return undefined;
    }),
    ...door.route("GET", "/executions/:execution", ({ params }, asked) => ownExecution(asked, params.execution ?? "")),
    ...door.route("GET", "/executions/:execution/events", async ({ params, url, response }, asked) => {
      const { id, after } = followed(asked, params.execution ?? "", url);
      await streamEvents(response, id, (signal) => executions.follow(id, after, signal));
      return undefined;
    }),
    ...door.route("POST", "/executions/:execution/cancel", async ({ params }, asked) => {
      const { executionId } = ownExecution(asked, params.execution ?? "");
      await door.liveOrFault(asked).ask({ op: "cancel", exec: executionId });
      return ownExecution(asked, executionId);
    }),
    ...door.route("POST", "/execute", async ({ body, response }, asked) => {
      const { executionId } = await submit(asked, parseJson(WithExecId, body.toString(), "execute"));
      return collect(executionId, executions.follow(executionId, 0, goneSignal(response)));
    }),
    ...door.route("POST", "/execute/stream", async ({ body, response }, asked) => {
      const { executionId } = await submit(asked, parseJson(WithExecId, body.toString(), "execute"));
      const follow = (signal: AbortSignal) => executions.follow(executionId, 0, signal);
      await streamEvents(response, executionId, follow, { accumulate: true });
      return undefined;
    }),
    ...door.route("POST", "/interrupt", async ({ body }, asked) => {
      const { session } = door.session(asked, parseJson(InterruptRequest, body.toString(), "interrupt").session);
      const reply = await door.live(asked)?.ask({ op: "interrupt", session });
      return { interrupted: z.object({ interrupted: z.literal(true) }).safeParse(reply).success };
    }),
    ...door.route("POST", "/input", async ({ body }, asked) => {
      const { exec_id, text } = parseJson(InputRequest, body.toString(), "input");
      const { executionId } = ownExecution(asked, exec_id);
      const reply = await door.liveOrFault(asked).ask({ op: "input", exec: executionId, text });
      return parse(accepted, reply, "the runtime's answer");
    }),
    ...door.route("POST", "/input/cancel", async ({ body }, asked) => {
      const { exec_id } = parseJson(InputCancelRequest, body.toString(), "input/cancel");
      const { executionId } = ownExecution(asked, exec_id);
      const reply = await door.liveOrFault(asked).ask({ op: "input_cancel", exec: executionId });
      return parse(accepted, reply, "the runtime's answer");
    }),
    ...door.route("POST", "/history", ({ body }, asked) => {
      const { session: id, ...wanted } = parseJson(HistoryRequest, body.toString(), "history");
      const { session } = door.session(asked, id);
      return executions.history(asked.runtimeId, session, wanted);
    }),
  ];
  const upgrades = [
    ...door.upgrade("/executions/:execution/events", async (upgrade, asked) => {
      const { id, after } = followed(asked, upgrade.params.execution ?? "", upgrade.url);
      serveEvents(upgrade, id, (signal) => executions.follow(id, after, signal));
    }),
  ];
  return { routes, upgrades };
}

/** Clients of `execute` and `execute/stream` need not make an id. */
const WithExecId = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !("execId" in value)
      ? { ...value, execId: crypto.randomUUID() }
      : value,
  ExecuteRequest,
);

function checkedFolder(path: string): string {
  const problem = problemOfPath(path);
  if (problem) throw new Fault("invalid", `assetDir: ${problem}`);
  return path;
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return gone.signal;
}
