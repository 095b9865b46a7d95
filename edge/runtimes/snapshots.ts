/** Named states of a project's runtime. Whose a snapshot is, and so who may share or delete it, the daemon knows: it is told who asks. */
import { Hono } from "hono";
import {
  DAEMON,
  RuntimeState,
  ShareSnapshotRequest,
  SnapshotList,
  SnapshotRequest,
  SnapshotState,
} from "../../shared/daemon/contract.ts";
import { parse } from "../../shared/daemon/fault.ts";
import type { App } from "../environment.ts";
import { access } from "../projects/access.ts";
import { askDaemonJson } from "../tunnel/daemon.ts";
import { idOf, requestOf } from "./request.ts";

const SNAPSHOTS = "/projects/:project/runtime/snapshots";

export const snapshots = new Hono<App>()
  .get(SNAPSHOTS, async (context) => {
    const actor = await access(context, context.req.param("project"), "read");
    const target = DAEMON.snapshots(context.req.param("project"));
    const list = await askDaemonJson(context.var.settings, { method: "GET", target, actor });
    return context.json(parse(SnapshotList, list, "the snapshots"));
  })
  /** Answers when the state is kept. */
  .post(SNAPSHOTS, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const body = await requestOf(context, SnapshotRequest, "snapshot");
    const target = DAEMON.snapshots(context.req.param("project"));
    const snapshot = await askDaemonJson(context.var.settings, { method: "POST", target, actor, body });
    return context.json(parse(SnapshotState, snapshot, "the snapshot"));
  })
  .delete(`${SNAPSHOTS}/:snapshot`, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const target = DAEMON.snapshot(context.req.param("project"), idOf(context.req.param("snapshot"), "snapshot"));
    await askDaemonJson(context.var.settings, { method: "DELETE", target, actor });
    return context.json({});
  })
  /** The runtime goes on from there; what it has now is gone. */
  .post(`${SNAPSHOTS}/:snapshot/restore`, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const id = idOf(context.req.param("snapshot"), "snapshot");
    const target = DAEMON.restoreSnapshot(context.req.param("project"), id);
    const state = await askDaemonJson(context.var.settings, { method: "POST", target, actor });
    return context.json(parse(RuntimeState, state, "the runtime's state"));
  })
  .post(`${SNAPSHOTS}/:snapshot/share`, async (context) => {
    const actor = await access(context, context.req.param("project"), "run");
    const id = idOf(context.req.param("snapshot"), "snapshot");
    const body = await requestOf(context, ShareSnapshotRequest, "share");
    const target = DAEMON.shareSnapshot(context.req.param("project"), id);
    const snapshot = await askDaemonJson(context.var.settings, { method: "POST", target, actor, body });
    return context.json(parse(SnapshotState, snapshot, "the snapshot"));
  });
