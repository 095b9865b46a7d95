import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import { Hono } from "hono";
import { DAEMON } from "../../shared/daemon/contract.ts";
import { parse } from "../../shared/daemon/fault.ts";
import { type InUse, Plan } from "../../shared/usage.ts";
import { projects, runtimes, snapshots, usage } from "../database/schema.ts";
import type { App } from "../environment.ts";
import { askDaemonJson } from "../tunnel/daemon.ts";
import { billOf, monthOf } from "./bill.ts";

export const billing = new Hono<App>()
  /** What this person's machines have cost since the month began. */
  .get("/cost", async (context) => {
    const { database, person } = context.var;
    const now = new Date();
    const rows = await database
      .select()
      .from(usage)
      .where(and(eq(usage.userId, person.userId), or(isNull(usage.to), gt(usage.to, monthOf(now)))));
    return context.json(billOf(rows, now));
  })
  /** What this person's own projects hold now. It is theirs to pay, whoever runs cells there. */
  .get("/usage", async (context) => {
    const { database, person } = context.var;
    const rows = await database
      .select({
        projectId: projects.id,
        slug: projects.slug,
        runtime: runtimes.state,
        count: sql<number>`count(${snapshots.id})::int`,
        bytes: sql<number>`coalesce(sum(${snapshots.bytes}), 0)::float8`,
      })
      .from(projects)
      .leftJoin(runtimes, eq(runtimes.projectId, projects.id))
      .leftJoin(snapshots, eq(snapshots.projectId, projects.id))
      .where(and(eq(projects.ownerId, person.userId), eq(projects.state, "ready")))
      .groupBy(projects.id, runtimes.projectId)
      .orderBy(projects.slug);
    const held: InUse = {
      projects: rows.map(({ projectId, slug, runtime, count, bytes }) => ({
        projectId,
        slug,
        runtime: runtime && { state: runtime.state, tier: runtime.tier },
        snapshots: { count, bytes },
      })),
    };
    return context.json(held);
  })
  /** Sizes, prices and limits, which are the same for everybody. */
  .get("/plan", async (context) => {
    const { settings } = context.var;
    const plan = await askDaemonJson(settings, { method: "GET", target: DAEMON.plan(), actor: null });
    return context.json(parse(Plan, plan, "the plan"));
  });
