/** Runtimes for people and programs: started, stopped, moved, put to sleep, and where they are. */
import { Hono } from "hono";
import { DAEMON, HostList, MoveRequest, MoveState, RuntimeState, RuntimeView } from "../../shared/daemon/contract.ts";
import { parse } from "../../shared/daemon/fault.ts";
import type { App } from "../environment.ts";
import { access } from "../projects/access.ts";
import { askDaemonJson } from "../tunnel/daemon.ts";
import { requestOf } from "./request.ts";

export const runtimes = new Hono<App>()
  /** The machines that runtimes of this person's projects are on. */
  .get("/hosts", async (context) => {
    const { person, settings } = context.var;
    const target = DAEMON.hosts(person.userId);
    return context.json(
      parse(HostList, await askDaemonJson(settings, { method: "GET", target, actor: null }), "the hosts"),
    );
  })
  .get("/projects/:project/runtime", async (context) => {
    const actor = await access(context, context.req.param("project"), "read");
    const target = DAEMON.runtime(context.req.param("project"));
    const state = await askDaemonJson(context.var.settings, { method: "GET", target, actor });
    return context.json(parse(RuntimeView, state, "the runtime's state"));
  })
  .post("/projects/:project/runtime/:verb{start|stop|sleep}", async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const target = `${DAEMON.runtime(context.req.param("project"))}/${context.req.param("verb")}`;
    const state = await askDaemonJson(context.var.settings, { method: "POST", target, actor });
    return context.json(parse(RuntimeState, state, "the runtime's state"));
  })
  /** Answers when the move has begun; `moves/:move` says how far it is. */
  .post("/projects/:project/runtime/move", async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const body = await requestOf(context, MoveRequest, "move");
    const target = DAEMON.move(context.req.param("project"));
    const move = await askDaemonJson(context.var.settings, { method: "POST", target, actor, body });
    return context.json(parse(MoveState, move, "the move"), 202);
  })
  .get("/projects/:project/runtime/moves/:move{[0-9a-f-]{36}}", async (context) => {
    const actor = await access(context, context.req.param("project"), "read");
    const target = DAEMON.moveState(context.req.param("project"), context.req.param("move"));
    const move = await askDaemonJson(context.var.settings, { method: "GET", target, actor });
    return context.json(parse(MoveState, move, "the move"));
  });
