import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EDGE_EVENTS } from "../../shared/daemon/contract.ts";
import { MAX_FILE_BYTES } from "../../shared/daemon/limits.ts";
import { SIGNATURE_HEADERS, sign } from "../../shared/daemon/signature.ts";
import { DAEMON_SECRET, Edge, ORIGIN, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  let demo: Visitor;
  let projectId: string;
  let base: string;
  beforeAll(async () => {
    edge = await Edge.start();
    demo = await signIn(edge, "Demo Pérson");
    projectId = await makeProject(edge, "demo-person", "thesis");
    base = `/api/projects/${projectId}`;
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.daemon.asked.length = 0;
    edge.daemon.refused.length = 0;
    edge.daemon.answer = () => Response.json({});
  });

  describe("the tunnel", () => {
    test("signs for the person, and keeps their credentials and every forged header to itself", async () => {
      await edge.ask(demo, `${base}/editor/run?x=%2F`, {
        method: "POST",
        body: '{"path":"a.md"}',
        headers: { "x-markco-actor": "root", "x-markco-signature": "0".repeat(64), "content-type": "application/json" },
      });
      const [asked] = edge.daemon.asked;
      expect(asked).toMatchObject({
        method: "POST",
        target: `/v1/projects/${projectId}/editor/run?x=%2F`,
        body: '{"path":"a.md"}',
        actor: { handle: "demo-person", name: "Demo Pérson of the tests", role: "owner" },
      });
      expect(asked?.headers.cookie).toBeUndefined();
      expect(asked?.headers.authorization).toBeUndefined();
      expect(edge.daemon.refused).toEqual([]);
    });

    test("hands on each line as soon as it is there", async () => {
      const lines = new TransformStream<Uint8Array, Uint8Array>();
      const said = lines.writable.getWriter();
      edge.daemon.answer = () => new Response(lines.readable, { headers: { "content-type": "text/event-stream" } });
      const response = await edge.ask(demo, `${base}/mrp/v1/executions/1/events?after=0`);
      const heard = response.body?.getReader();
      for (const line of ["id: 1\n\n", "id: 2\n\n"]) {
        await said.write(new TextEncoder().encode(line));
        expect(new TextDecoder().decode((await heard?.read())?.value)).toBe(line);
      }
      await said.close();
      expect((await heard?.read())?.done).toBe(true);
    });

    test("lets nothing that comes back act on this origin", async () => {
      edge.daemon.answer = () =>
        new Response("<script>", { headers: { "content-type": "text/html", "set-cookie": "__Host-markco=forged" } });
      const response = await edge.ask(demo, `${base}/editor/tree`);
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(response.headers.get("content-security-policy")).toContain("sandbox");
    });

    test("lets a zip have a name, and nothing else be a file to keep", async () => {
      const disposition = "attachment; filename=\"Gro_e.zip\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.zip";
      const answers = (value: string) => () =>
        new Response("PK", { headers: { "content-type": "application/zip", "content-disposition": value } });
      edge.daemon.answer = answers(disposition);
      for (const [path, kept] of [
        ["/editor/zip", disposition],
        ["/editor/zip?path=sec", disposition],
        ["/editor/tree", null],
        ["/editor/zipped", null],
        ["/mrp/v1/zip", null],
      ] as const)
        expect([path, (await edge.ask(demo, base + path)).headers.get("content-disposition")]).toEqual([path, kept]);
      const { headers } = await edge.ask(demo, `${base}/editor/zip`);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("sandbox");
      edge.daemon.answer = answers("inline");
      expect((await edge.ask(demo, `${base}/editor/zip`)).headers.get("content-disposition")).toBeNull();
    });

    test("carries a file as it is, with its name, and refuses one that is too large before anybody hears of it", async () => {
      const path = `${base}/editor/upload?path=${encodeURIComponent("größe & co.md")}`;
      await edge.ask(demo, path, { method: "PUT", body: "# Größe\n" });
      expect(edge.daemon.asked[0]).toMatchObject({
        method: "PUT",
        target: `/v1/projects/${projectId}/editor/upload?path=gr%C3%B6%C3%9Fe%20%26%20co.md`,
        body: "# Größe\n",
      });
      const large = await edge.ask(demo, path, { method: "PUT", body: "x".repeat(MAX_FILE_BYTES + 1) });
      expect(large.status).toBe(413);
      expect(edge.daemon.asked).toHaveLength(1);
    });

    test("says that edge and daemon disagree on their secret, instead of sending the person to sign in", async () => {
      edge.daemon.answer = () => new Response(null, { status: 401 });
      expect((await edge.ask(demo, `${base}/editor/tree`)).status).toBe(500);
    });

    const socket = async (visitor: Visitor, headers: Record<string, string> = {}) =>
      edge.ask(visitor, `${base}/editor/sync`, { headers: { upgrade: "websocket", ...headers } });

    test("carries a WebSocket both ways", async () => {
      const { status, webSocket } = await socket(demo);
      expect(status).toBe(101);
      const heard = new Promise((resolve) => webSocket?.addEventListener("message", ({ data }) => resolve(data)));
      webSocket?.accept();
      webSocket?.send("hello");
      expect(await heard).toBe("hello");
      webSocket?.close();
    });

    test("a WebSocket without Origin check gave a whole workspace to any web page: none is opened for another site's page, a stranger, or a page without an origin", async () => {
      expect((await socket(demo, { origin: "https://evil.example" })).status).toBe(403);
      expect((await socket({ headers: { cookie: demo.headers.cookie ?? "" } })).status).toBe(403);
      expect((await socket(STRANGER, { origin: ORIGIN })).status).toBe(401);
      expect(edge.daemon.asked).toEqual([]);
    });
  });

  describe("an event of the daemon", () => {
    const runtime = { id: randomUUID(), epoch: 3, state: "running", tier: "local", reason: null };
    const event = (changes = {}) =>
      JSON.stringify({ id: randomUUID(), type: "runtime", projectId, runtime, ...changes });
    const signed = (body: string, audience: "edge" | "daemon" = "edge", nowMs = Date.now(), secret = DAEMON_SECRET) =>
      sign(
        secret,
        { audience, method: "POST", target: EDGE_EVENTS, body: new TextEncoder().encode(body), actor: "" },
        nowMs,
      );
    const post = async (body: string, headers: Record<string, string>, target: string = EDGE_EVENTS) =>
      (await edge.ask(STRANGER, target, { method: "POST", body, headers })).status;

    test("is kept, once and again", async () => {
      const body = event();
      expect(await post(body, await signed(body))).toBe(200);
      expect(await post(body, await signed(body))).toBe(200);
      const { rows } = await edge.postgres.pool.query("select state from runtimes where project_id = $1", [projectId]);
      expect(rows).toEqual([{ state: runtime }]);
    });

    test("about a project that is gone is taken and forgotten", async () => {
      const body = event({ projectId: randomUUID() });
      expect(await post(body, await signed(body))).toBe(200);
    });

    test("that makes no sense is refused as such", async () => {
      const body = event({ type: "unheard" });
      expect(await post(body, await signed(body))).toBe(400);
    });

    test("is refused without a signature, with a wrong one, or with one that is for something else", async () => {
      const body = event();
      expect(await post(body, {})).toBe(401);
      expect(await post(body, { ...(await signed(body)), [SIGNATURE_HEADERS.signature]: "0".repeat(64) })).toBe(401);
      expect(await post(body, await signed(body, "edge", Date.now(), "another secret, just as long as it"))).toBe(401);
      expect(await post(body, await signed(body, "daemon"))).toBe(401);
      expect(await post(event(), await signed(body))).toBe(401);
      expect(await post(body, await signed(body), `${EDGE_EVENTS}?x`)).toBe(401);
    });

    test("is refused when it is a minute old, and when its nonce was seen before", async () => {
      const body = event();
      expect(await post(body, await signed(body, "edge", Date.now() - 61_000))).toBe(401);
      const headers = await signed(body);
      expect(await post(body, headers)).toBe(200);
      expect(await post(body, headers)).toBe(401);
    });
  });
});
