/** MRP over HTTP (formats.md §4), for the edge's callers and for the owner's editor server. */
import type { ServerResponse } from "node:http";
import { z } from "zod";
import { Fault, parse, parseJson } from "../../shared/daemon/fault.ts";
import { problemOfPath } from "../../shared/fsml/path.ts";
import {
  ExecuteRequest,
  type Execution,
  ExecutionId,
  InputRequest,
  InterruptRequest,
  LANGUAGES,
  parseSessionId,
  SessionId,
  sessionId,
} from "../../shared/mrp/mrp.ts";
import { PROJECT_MOUNT } from "../agent/agent.ts";
import type { Call, Route } from "../api/router.ts";
import { sendJson } from "../api/server.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { sessionFolder } from "../runtime/session-folder.ts";
import { collect } from "./collect.ts";
import { streamEvents } from "./event-stream.ts";
import type { Executions } from "./executions.ts";

const BASE = "/v1/projects/:project/mrp/v1";
const CompleteRequest = z.object({ code: z.string(), cursor: z.int().min(0), session: SessionId });
const InputCancelRequest = z.object({ session: SessionId, exec_id: ExecutionId });

export function mrpRoutes(projects: Projects, runtimes: Runtimes, executions: Executions): Route[] {
  const route = (
    method: string,
    path: string,
    handle: (call: Call, project: Project) => Promise<object | undefined>,
  ): Route => ({
    method,
    pattern: BASE + path,
    callers: ["edge", "editor"],
    handle: (call) => handle(call, projects.getFor(call.caller, call.params.project ?? "")),
  });

  /** Records the execution, then sends it. The same id twice is one execution. */
  async function submit(project: Project, request: ExecuteRequest): Promise<Execution> {
    const known = executions.get(request.execId);
    if (known) return ownExecution(project, request.execId);
    const { language, session } = sessionOf(project, request.session);
    const config = await projects.configurationOrDefaults(project);
    const link = await runtimes.running(project);
    const record = runtimes.record(project);
    const line = {
      id: request.execId,
      op: "execute",
      exec: request.execId,
      session,
      language,
      code: request.code,
      silent: request.silent,
      storeHistory: request.storeHistory,
      assetDir: request.assetDir === null ? null : `${PROJECT_MOUNT}/${checkedFolder(request.assetDir)}`,
      cwd: sessionFolder(config, language),
    } as const;
    if (executions.add(record.id, record.epoch, line)) link.submit(JSON.stringify(line));
    return ownExecution(project, request.execId);
  }

  function ownExecution(project: Project, id: string): Execution {
    const found = executions.get(id);
    if (!found || found.runtimeId !== runtimes.record(project).id) throw new Fault("not_found", "no such execution");
    const { runtimeId: _, ...execution } = found;
    return execution;
  }

  function liveOrFault(project: Project) {
    const link = runtimes.live(project);
    if (!link) throw new Fault("conflict", "no runtime runs for this project");
    return link;
  }

  return [
    route("GET", "/capabilities", async () => ({
      runtime: "markco",
      version: "1",
      languages: LANGUAGES,
      features: ["execute", "stream", "input", "interrupt", "complete", "executions"],
      defaultSession: "default",
    })),
    route("GET", "/sessions", async (_call, project) => {
      const link = runtimes.live(project);
      return link
        ? parse(z.looseObject({}), await link.ask({ op: "sessions" }), "the runtime's answer")
        : { sessions: [] };
    }),
    route("POST", "/sessions/:session/reset", async ({ params }, project) => {
      const { session } = sessionOf(project, params.session ?? "");
      await liveOrFault(project).ask({ op: "reset", session });
      return { reset: true };
    }),
    route("POST", "/executions", async ({ body, response }, project) => {
      sendJson(response, 202, await submit(project, parseJson(ExecuteRequest, body.toString(), "execute")));
      return undefined;
    }),
    route("GET", "/executions/:execution", async ({ params }, project) =>
      ownExecution(project, params.execution ?? ""),
    ),
    route("GET", "/executions/:execution/events", async ({ params, url, response }, project) => {
      const { executionId } = ownExecution(project, params.execution ?? "");
      const after = parse(z.coerce.number().int().min(0), url.searchParams.get("after") ?? "0", "after");
      await streamEvents(response, (signal) => executions.follow(executionId, after, signal));
      return undefined;
    }),
    route("POST", "/executions/:execution/cancel", async ({ params }, project) => {
      const { executionId } = ownExecution(project, params.execution ?? "");
      await liveOrFault(project).ask({ op: "cancel", exec: executionId });
      return ownExecution(project, executionId);
    }),
    route("POST", "/execute", async ({ body, response }, project) => {
      const { executionId } = await submit(project, parseJson(withExecId, body.toString(), "execute"));
      return collect(executions.follow(executionId, 0, goneSignal(response)));
    }),
    route("POST", "/execute/stream", async ({ body, response }, project) => {
      const { executionId } = await submit(project, parseJson(withExecId, body.toString(), "execute"));
      await streamEvents(response, (signal) => executions.follow(executionId, 0, signal), { accumulate: true });
      return undefined;
    }),
    route("POST", "/interrupt", async ({ body }, project) => {
      const { session } = sessionOf(project, parseJson(InterruptRequest, body.toString(), "interrupt").session);
      await runtimes.live(project)?.ask({ op: "interrupt", session });
      return { interrupted: runtimes.live(project) !== null };
    }),
    route("POST", "/input", async ({ body }, project) => {
      const { exec_id, text } = parseJson(InputRequest, body.toString(), "input");
      const { executionId } = ownExecution(project, exec_id);
      await liveOrFault(project).ask({ op: "input", exec: executionId, text });
      return { accepted: true };
    }),
    route("POST", "/input/cancel", async ({ body }, project) => {
      const { exec_id } = parseJson(InputCancelRequest, body.toString(), "input/cancel");
      const { executionId } = ownExecution(project, exec_id);
      await liveOrFault(project).ask({ op: "input_cancel", exec: executionId });
      return { accepted: true };
    }),
    route("POST", "/complete", async ({ body }, project) => {
      const request = parseJson(CompleteRequest, body.toString(), "complete");
      const { language, session } = sessionOf(project, request.session);
      const { code, cursor } = request;
      return parse(
        z.looseObject({}),
        await liveOrFault(project).ask({ op: "complete", language, session, code, cursor }),
        "the runtime's answer",
      );
    }),
  ];
}

/** Clients of `execute` and `execute/stream` need not make an id. */
const withExecId = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !("execId" in value)
      ? { ...value, execId: crypto.randomUUID() }
      : value,
  ExecuteRequest,
);

/**
 * The language of a session and its one name: clients may write the project's id or its slug, the interpreter is the same.
 * Throws Fault("invalid") if the session is another project's.
 */
function sessionOf(project: Project, session: string) {
  const parsed = parseSessionId(session);
  if (!parsed || (parsed.project !== project.id && parsed.project !== project.slug)) {
    throw new Fault("invalid", `"${session}" is no session of this project; it is named ${project.slug}:<name>`);
  }
  return { language: parsed.language, session: sessionId(project.slug, parsed.language, parsed.name) };
}

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
