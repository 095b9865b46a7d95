import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAX_SANDBOX_MINUTES, type SandboxState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { Edge, ORIGIN, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("a sandbox, in the Worker,", () => {
  let edge: Edge;
  let demo: Visitor;
  let alice: Visitor;
  let projectId: string;
  let base: string;
  const id = randomUUID();
  beforeAll(async () => {
    edge = await Edge.start();
    demo = await signIn(edge, "demo");
    alice = await signIn(edge, "alice");
    projectId = await makeProject(edge, "demo", "thesis");
    await addMember(edge, projectId, "alice", "viewer");
    base = `/api/projects/${projectId}/sandboxes`;
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.daemon.asked.length = 0;
    edge.daemon.answer = () => Response.json({});
  });

  const sandbox: SandboxState = {
    id,
    state: "running",
    tier: "local",
    created: "2027-03-01T10:00:00.000Z",
    expires: "2027-03-01T11:00:00.000Z",
    reason: null,
  };
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

  test("is made for an hour if nothing else is said", async () => {
    edge.daemon.answer = () => Response.json(sandbox);
    expect(await json(demo, base, "POST", {})).toEqual({ status: 200, body: sandbox });
    await json(demo, base, "POST", { sandboxId: id, minutes: 5 });
    expect(asked()).toEqual([
      ["POST", "/sandboxes", "demo", { minutes: 60 }],
      ["POST", "/sandboxes", "demo", { sandboxId: id, minutes: 5 }],
    ]);
  });

  test("is listed for every member, shown, compared and ended", async () => {
    edge.daemon.answer = () => Response.json({ sandboxes: [sandbox] });
    expect(await json(alice, base)).toEqual({ status: 200, body: { sandboxes: [sandbox] } });
    edge.daemon.answer = () => Response.json(sandbox);
    expect(await json(demo, `${base}/${id}`)).toEqual({ status: 200, body: sandbox });
    const changes = { files: [{ path: "_data/größe.csv", change: "added", bytes: 12 }], truncated: false };
    edge.daemon.answer = () => Response.json(changes);
    expect(await json(demo, `${base}/${id}/changes`)).toEqual({ status: 200, body: changes });
    edge.daemon.answer = () => new Response(null, { status: 204 });
    expect(await json(demo, `${base}/${id}`, "DELETE")).toEqual({ status: 200, body: {} });
    expect(asked()).toEqual([
      ["GET", "/sandboxes", "alice", null],
      ["GET", `/sandboxes/${id}`, "demo", null],
      ["GET", `/sandboxes/${id}/changes`, "demo", null],
      ["DELETE", `/sandboxes/${id}`, "demo", null],
    ]);
  });

  test.each<[string, string, string, unknown]>([
    ["that lives for no time", "", "POST", { minutes: 0 }],
    ["that lives for half a minute", "", "POST", { minutes: 0.5 }],
    ["that lives for more than a day", "", "POST", { minutes: MAX_SANDBOX_MINUTES + 1 }],
    ["with an id that is none", "", "POST", { sandboxId: "1" }],
    ["with a body that is not JSON", "", "POST", undefined],
    ["to show, by a wrong id", "/first", "GET", undefined],
    ["to end, by a wrong id", "/first", "DELETE", undefined],
    ["whose id leads elsewhere", "/..%2fruntime", "GET", undefined],
    ["to compare, by a wrong id", "/first/changes", "GET", undefined],
    ["to run code in, by a wrong id", "/..%2fx/mrp/v1/executions", "POST", {}],
  ])("%s is refused here", async (_, path, method, body) => {
    expect(await json(demo, base + path, method, body)).toMatchObject({
      status: 400,
      body: { error: { code: "invalid" } },
    });
    expect(asked()).toEqual([]);
  });

  test("is for those who may run cells, and not even known to others", async () => {
    const each: [string, string, unknown][] = [
      ["", "POST", {}],
      [`/${id}`, "GET", undefined],
      [`/${id}`, "DELETE", undefined],
      [`/${id}/changes`, "GET", undefined],
      [`/${id}/mrp/v1/executions`, "POST", {}],
      [`/${id}/mrp/v1/capabilities`, "GET", undefined],
    ];
    for (const [path, method, body] of each) {
      expect((await json(alice, base + path, method, body)).status).toBe(403);
      expect((await json(STRANGER, base + path, method, body)).status).toBe(401);
    }
    const other = await makeProject(edge, "demo", "secret");
    for (const [path, method, body] of each)
      expect((await json(alice, `/api/projects/${other}/sandboxes${path}`, method, body)).status).toBe(404);
    expect(asked()).toEqual([]);
  });

  test("that the daemon has no room for is refused in its words", async () => {
    const refusal = new Fault("limit", "10 sandboxes are alive; end one first");
    edge.daemon.answer = () => Response.json(refusal.toBody(), { status: refusal.status });
    expect(await json(demo, base, "POST", {})).toEqual({ status: 429, body: refusal.toBody() });
  });

  describe("speaks MRP:", () => {
    const door = () => `${base}/${id}/mrp/v1`;

    test("requests pass through as they are, without the person's credentials", async () => {
      edge.daemon.answer = () =>
        new Response("<script>", { headers: { "content-type": "text/html", "set-cookie": "__Host-markco=forged" } });
      const response = await edge.ask(demo, `${door()}/assets/a%20b.png?x=%2F`, {
        headers: { "x-markco-actor": "root" },
      });
      expect(edge.daemon.asked[0]).toMatchObject({
        method: "GET",
        target: `/v1/projects/${projectId}/sandboxes/${id}/mrp/v1/assets/a%20b.png?x=%2F`,
        actor: { handle: "demo", role: "owner" },
      });
      expect(edge.daemon.asked[0]?.headers.cookie).toBeUndefined();
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(response.headers.get("content-security-policy")).toContain("sandbox");
    });

    test("each event is handed on as soon as it is there", async () => {
      const lines = new TransformStream<Uint8Array, Uint8Array>();
      const said = lines.writable.getWriter();
      edge.daemon.answer = () => new Response(lines.readable, { headers: { "content-type": "text/event-stream" } });
      const response = await edge.ask(demo, `${door()}/executions/12345678/events?after=0`);
      const heard = response.body?.getReader();
      for (const line of ["id: 1\n\n", "id: 2\n\n"]) {
        await said.write(new TextEncoder().encode(line));
        expect(new TextDecoder().decode((await heard?.read())?.value)).toBe(line);
      }
      await said.close();
      expect((await heard?.read())?.done).toBe(true);
    });

    test("a WebSocket is carried both ways, for our own pages alone", async () => {
      const open = (visitor: Visitor, origin: string) =>
        edge.ask(visitor, `${door()}/socket`, { headers: { upgrade: "websocket", origin } });
      const { status, webSocket } = await open(demo, ORIGIN);
      expect(status).toBe(101);
      const heard = new Promise((resolve) => webSocket?.addEventListener("message", ({ data }) => resolve(data)));
      webSocket?.accept();
      webSocket?.send("hello");
      expect(await heard).toBe("hello");
      webSocket?.close();
      expect((await open(demo, "https://evil.example")).status).toBe(403);
      expect((await open(alice, ORIGIN)).status).toBe(403);
      expect(edge.daemon.asked).toHaveLength(1);
    });

    test("nothing but MRP is behind that door", async () => {
      expect((await json(demo, `${base}/${id}/mrp/v2/executions`, "POST", {})).status).toBe(404);
      expect((await json(demo, `${base}/${id}/terminals`)).status).toBe(404);
      expect(asked()).toEqual([]);
    });
  });
});
