import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EDGE_EVENTS, type SnapshotState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { sign } from "../../shared/daemon/signature.ts";
import { DAEMON_SECRET, Edge, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  let demo: Visitor;
  let alice: Visitor;
  let projectId: string;
  let base: string;
  beforeAll(async () => {
    edge = await Edge.start();
    demo = await signIn(edge, "demo");
    alice = await signIn(edge, "alice");
    projectId = await makeProject(edge, "demo", "thesis");
    await addMember(edge, projectId, "alice", "viewer");
    base = `/api/projects/${projectId}/runtime/snapshots`;
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.daemon.asked.length = 0;
    edge.daemon.answer = () => Response.json({});
  });

  const snapshot = (changes: Partial<SnapshotState> = {}): SnapshotState => ({
    id: randomUUID(),
    name: "before the refactoring",
    bytes: 64 * 1024 * 1024,
    tier: "local",
    created: "2027-03-01T10:00:00.000Z",
    madeBy: randomUUID(),
    shared: false,
    problem: null,
    ...changes,
  });
  const json = async (visitor: Visitor, path: string, method = "GET", body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await edge.ask(visitor, path, { method, ...sent });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const asked = () =>
    edge.daemon.asked.map(({ method, target, actor, body }) => [
      method,
      target.replace(`/v1/projects/${projectId}`, ""),
      actor.handle,
      body === "" ? null : JSON.parse(body),
    ]);

  describe("snapshots", () => {
    test("are listed as the daemon lists them to the person who asks", async () => {
      const list = {
        snapshots: [snapshot(), snapshot({ problem: "needs an Intel CPU" })],
        usedBytes: 1,
        quotaBytes: 2,
      };
      edge.daemon.answer = () => Response.json(list);
      expect(await json(alice, base)).toEqual({ status: 200, body: list });
      expect(asked()).toEqual([["GET", "/runtime/snapshots", "alice", null]]);
    });

    test("are made under a name, once however often they are asked for", async () => {
      const made = snapshot();
      edge.daemon.answer = () => Response.json(made);
      const request = { name: "  before the refactoring ", snapshotId: made.id, more: "than is understood" };
      expect(await json(demo, base, "POST", request)).toEqual({ status: 200, body: made });
      expect(asked()).toEqual([
        ["POST", "/runtime/snapshots", "demo", { name: "before the refactoring", snapshotId: made.id }],
      ]);
    });

    test("are restored, shared and deleted by their id", async () => {
      const made = snapshot();
      const runtime = { id: randomUUID(), epoch: 4, state: "running", tier: "local", reason: null };
      edge.daemon.answer = () => Response.json(runtime);
      expect(await json(demo, `${base}/${made.id}/restore`, "POST")).toEqual({ status: 200, body: runtime });
      edge.daemon.answer = () => Response.json({ ...made, shared: true });
      expect((await json(demo, `${base}/${made.id}/share`, "POST", { shared: true })).body.shared).toBe(true);
      edge.daemon.answer = () => new Response(null, { status: 204 });
      expect(await json(demo, `${base}/${made.id}`, "DELETE")).toEqual({ status: 200, body: {} });
      expect(asked()).toEqual([
        ["POST", `/runtime/snapshots/${made.id}/restore`, "demo", null],
        ["POST", `/runtime/snapshots/${made.id}/share`, "demo", { shared: true }],
        ["DELETE", `/runtime/snapshots/${made.id}`, "demo", null],
      ]);
    });

    test.each<[string, string, string, unknown]>([
      ["without a name", "", "POST", {}],
      ["under an empty name", "", "POST", { name: "  " }],
      ["under a name that is too long", "", "POST", { name: "x".repeat(81) }],
      ["with an id that is none", "", "POST", { name: "x", snapshotId: "1" }],
      ["with a body that is not JSON", "", "POST", undefined],
      ["that nobody can have made", "/first", "DELETE", undefined],
      ["whose id leads elsewhere", "/..%2f..%2fruntime%2fstop", "DELETE", undefined],
      ["to restore, by a wrong id", "/first/restore", "POST", undefined],
      ["to share, by a wrong id", "/first/share", "POST", { shared: true }],
      ["to share, without saying whether", "/3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10/share", "POST", {}],
      ["to share, in other words", "/3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10/share", "POST", { shared: "yes" }],
    ])("%s are refused here", async (_, path, method, body) => {
      expect(await json(demo, base + path, method, body)).toMatchObject({
        status: 400,
        body: { error: { code: "invalid" } },
      });
      expect(asked()).toEqual([]);
    });

    test("of a project are read by its viewers, and made by those who may run cells", async () => {
      const id = randomUUID();
      const changes: [string, string, unknown][] = [
        ["", "POST", { name: "x" }],
        [`/${id}`, "DELETE", undefined],
        [`/${id}/restore`, "POST", undefined],
        [`/${id}/share`, "POST", { shared: true }],
      ];
      for (const [path, method, body] of changes) {
        expect((await json(alice, base + path, method, body)).status).toBe(403);
        expect((await json(STRANGER, base + path, method, body)).status).toBe(401);
      }
      expect(asked()).toEqual([]);
      const other = await makeProject(edge, "demo", "secret");
      const secret = `/api/projects/${other}/runtime/snapshots`;
      expect((await json(alice, secret)).status).toBe(404);
      await addMember(edge, other, "alice", "runner");
      edge.daemon.answer = () => Response.json(snapshot());
      expect((await json(alice, secret, "POST", { name: "x" })).status).toBe(200);
      expect(edge.daemon.asked.at(-1)?.actor.role).toBe("runner");
    });

    test("are refused in the daemon's words: whose they are, it decides", async () => {
      const refusal = new Fault("forbidden", "this snapshot is another person's");
      edge.daemon.answer = () => Response.json(refusal.toBody(), { status: refusal.status });
      expect(await json(demo, `${base}/${randomUUID()}`, "DELETE")).toEqual({ status: 403, body: refusal.toBody() });
    });
  });

  describe("what the daemon tells of snapshots", () => {
    const tell = async (event: object) => {
      const body = JSON.stringify({ id: randomUUID(), projectId, ...event });
      const headers = await sign(DAEMON_SECRET, {
        audience: "edge",
        method: "POST",
        target: EDGE_EVENTS,
        body: new TextEncoder().encode(body),
        actor: "",
      });
      return (await edge.ask(STRANGER, EDGE_EVENTS, { method: "POST", body, headers })).status;
    };
    const kept = async (id: string) =>
      (
        await edge.postgres.pool.query(
          `select name, bytes::int, tier, shared, problem, made_by as "madeBy", created_at as created
           from snapshots where id = $1`,
          [id],
        )
      ).rows;

    test("is kept, replaced by what is newer, and forgotten with the snapshot", async () => {
      const made = snapshot();
      const { id, ...told } = made;
      expect(await tell({ type: "snapshot", snapshot: made })).toBe(200);
      expect(await kept(id)).toEqual([{ ...told, created: new Date(told.created) }]);
      const problem = "its CPU is not to be had any more";
      const newer = { type: "snapshot", snapshot: { ...made, shared: true, problem } };
      expect([await tell(newer), await tell(newer)]).toEqual([200, 200]);
      expect(await kept(id)).toMatchObject([{ shared: true, problem, madeBy: told.madeBy }]);
      const gone = { type: "snapshot-gone", snapshotId: id };
      expect([await tell(gone), await tell(gone)]).toEqual([200, 200]);
      expect(await kept(id)).toEqual([]);
    });

    test("may have two people's snapshots of one name", async () => {
      expect(await tell({ type: "snapshot", snapshot: snapshot({ name: "same" }) })).toBe(200);
      expect(await tell({ type: "snapshot", snapshot: snapshot({ name: "same" }) })).toBe(200);
    });

    test("reaches no other project", async () => {
      const made = snapshot();
      await tell({ type: "snapshot", snapshot: made });
      expect(await tell({ type: "snapshot-gone", snapshotId: made.id, projectId: randomUUID() })).toBe(200);
      expect(await kept(made.id)).toHaveLength(1);
      expect(await tell({ type: "snapshot", snapshot: snapshot(), projectId: randomUUID() })).toBe(200);
    });
  });
});
