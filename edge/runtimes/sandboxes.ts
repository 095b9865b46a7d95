/** Forks of a project's runtime, to try things in. What they run goes through the tunnel, as what the runtime itself runs. */
import { Hono } from "hono";
import { DAEMON, SandboxChanges, SandboxList, SandboxRequest, SandboxState } from "../../shared/daemon/contract.ts";
import { parse } from "../../shared/daemon/fault.ts";
import type { App } from "../environment.ts";
import { access } from "../projects/access.ts";
import { askDaemonJson } from "../tunnel/daemon.ts";
import { idOf, requestOf } from "./request.ts";

const SANDBOXES = "/projects/:project/sandboxes";

export const sandboxes = new Hono<App>()
  .get(SANDBOXES, async (context) => {
    const actor = await access(context, context.req.param("project"), "read");
    const target = DAEMON.sandboxes(context.req.param("project"));
    const list = await askDaemonJson(context.var.settings, { method: "GET", target, actor });
    return context.json(parse(SandboxList, list, "the sandboxes"));
  })
  /** Answers when it can be used. */
  .post(SANDBOXES, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const body = await requestOf(context, SandboxRequest, "sandbox");
    const target = DAEMON.sandboxes(context.req.param("project"));
    const sandbox = await askDaemonJson(context.var.settings, { method: "POST", target, actor, body });
    return context.json(parse(SandboxState, sandbox, "the sandbox"));
  })
  .get(`${SANDBOXES}/:sandbox`, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const target = DAEMON.sandbox(context.req.param("project"), idOf(context.req.param("sandbox"), "sandbox"));
    const sandbox = await askDaemonJson(context.var.settings, { method: "GET", target, actor });
    return context.json(parse(SandboxState, sandbox, "the sandbox"));
  })
  /** It ends with all that it has written. */
  .delete(`${SANDBOXES}/:sandbox`, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const target = DAEMON.sandbox(context.req.param("project"), idOf(context.req.param("sandbox"), "sandbox"));
    await askDaemonJson(context.var.settings, { method: "DELETE", target, actor });
    return context.json({});
  })
  .get(`${SANDBOXES}/:sandbox/changes`, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const id = idOf(context.req.param("sandbox"), "sandbox");
    const target = DAEMON.sandboxChanges(context.req.param("project"), id);
    const changes = await askDaemonJson(context.var.settings, { method: "GET", target, actor });
    return context.json(parse(SandboxChanges, changes, "the changes"));
  });
