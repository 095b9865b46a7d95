import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bill } from "../../shared/daemon/contract.ts";
import { InUse, type Plan } from "../../shared/usage.ts";
import { Edge, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  let demo: Visitor;
  let alice: Visitor;
  let waves: string;
  beforeAll(async () => {
    edge = await Edge.start();
    [demo, alice] = [await signIn(edge, "demo"), await signIn(edge, "alice")];
    waves = await makeProject(edge, "demo", "waves");
    await makeProject(edge, "demo", "notes");
    await addMember(edge, waves, "alice", "runner");
  });
  afterAll(() => edge?.close());

  const json = async (visitor: Visitor, path: string) => {
    const response = await edge.ask(visitor, path);
    return response.status === 200 ? JSON.parse(await response.text()) : response.status;
  };
  const sql = (text: string, ...values: unknown[]) => edge.postgres.pool.query(text, values);

  test("what projects hold is told to their owner alone, also where others use it", async () => {
    const state = { id: randomUUID(), epoch: 1, state: "running", tier: "t3a.small", reason: null };
    await sql("insert into runtimes (project_id, state) values ($1, $2)", waves, state);
    for (const bytes of [1_000, 5_000_000_000])
      await sql(
        "insert into snapshots (id, project_id, name, bytes, tier, made_by, shared) values ($1, $2, 'x', $3, 'local', $1, true)",
        randomUUID(),
        waves,
        bytes,
      );
    const { projects } = InUse.parse(await json(demo, "/api/usage"));
    expect(projects.map(({ projectId: _, ...rest }) => rest)).toEqual([
      { slug: "notes", runtime: null, snapshots: { count: 0, bytes: 0 } },
      {
        slug: "waves",
        runtime: { state: "running", tier: "t3a.small" },
        snapshots: { count: 2, bytes: 5_000_001_000 },
      },
    ]);
    expect(await json(alice, "/api/usage")).toEqual({ projects: [] });
  });

  test("what machines cost is told to who they ran for, and a project that is gone is still in it", async () => {
    await sql(
      `insert into usage (id, user_id, project, tier, dollars_per_hour, from_at, to_at)
       select $1, id, 'gone', 't3a.small', 3600, now() - interval '1 second', now() from users where handle = 'demo'`,
      randomUUID(),
    );
    const bill = Bill.parse(await json(demo, "/api/cost"));
    expect(bill.projects).toMatchObject([{ project: "gone", tier: "t3a.small", running: false }]);
    expect(bill.days).toHaveLength(new Date().getUTCDate());
    expect(Bill.parse(await json(alice, "/api/cost")).projects).toEqual([]);
  });

  test("the plan is the base server's, and a wrong one goes no further", async () => {
    const tier = { name: "local", isBase: true, vcpus: 2, memoryMib: 2048, mostMemoryMib: 4096, gpu: null };
    const plan: Plan = {
      tiers: [{ ...tier, dollarsPerHour: 0 }],
      isLocal: true,
      idleSeconds: 1200,
      snapshotQuotaBytes: 20,
    };
    edge.daemon.answer = () => Response.json({ ...plan, secret: "of the base server" });
    expect(await json(alice, "/api/plan")).toEqual(plan);
    expect(edge.daemon.told.at(-1)?.target).toBe("/v1/plan");
    edge.daemon.answer = () => Response.json({ tiers: "none" });
    expect(await json(alice, "/api/plan")).toBe(400);
  });

  test("a stranger is told nothing of it, and gets the page, which asks them to sign in", async () => {
    for (const path of ["/api/usage", "/api/cost", "/api/plan"]) expect(await json(STRANGER, path)).toBe(401);
    const page = await edge.ask(STRANGER, "/usage");
    expect([page.status, page.headers.get("content-security-policy")]).toEqual([
      200,
      (await edge.ask(STRANGER, "/")).headers.get("content-security-policy"),
    ]);
    expect(await page.text()).toContain("/app/main.js");
  });
});
