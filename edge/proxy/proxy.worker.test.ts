import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DAEMON } from "../../shared/daemon/contract.ts";
import { Edge, ORIGIN, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

const PAGE = { accept: "text/html" };

describe.skipIf(!isPostgresInstalled)("a web app of people's code, in the Worker", () => {
  let edge: Edge;
  let owner: Visitor;
  let projectId: string;
  let other: string;
  beforeAll(async () => {
    edge = await Edge.start();
    owner = await signIn(edge, "Ada");
    projectId = await makeProject(edge, "ada", "dash");
    other = await makeProject(edge, "ada", "other");
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.daemon.asked.length = 0;
    edge.daemon.answer = () => new Response("hello from the app");
  });

  const originOf = (project: string, port = 8050) => `http://p${port}-${project.replaceAll("-", "")}.apps.markco.test`;
  const ticketFor = async (visitor: Visitor, rest = "/", project = projectId) => {
    const answer = await edge.ask(visitor, `/proxy/${project}/8050${rest}`);
    return { status: answer.status, location: answer.headers.get("location") ?? "" };
  };
  const cookieOf = async (location: string) =>
    (await edge.ask(STRANGER, location)).headers.get("set-cookie")?.split(";")[0] ?? "";
  /** A browser that has been let in. */
  const inside = async (visitor: Visitor): Promise<Visitor> => ({
    headers: { cookie: await cookieOf((await ticketFor(visitor)).location), origin: originOf(projectId) },
  });

  test("is seen at an origin of its own, by a ticket that is good once", async () => {
    const { status, location } = await ticketFor(owner, "/page?x=%2F");
    expect(status).toBe(302);
    expect(location).toMatch(
      new RegExp(`^${originOf(projectId)}/__markco/enter\\?ticket=[\\w-]{43}&to=%2Fpage%3Fx%3D%252F$`),
    );
    const entered = await edge.ask(STRANGER, location);
    expect(entered.headers.get("location")).toBe("/page?x=%2F");
    expect(entered.headers.get("referrer-policy")).toBe("no-referrer");
    expect(entered.headers.get("set-cookie")).toMatch(
      /^__Host-markco-app=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax/,
    );
    expect((await edge.ask(STRANGER, location)).status).toBe(403);
  });

  test("is asked as on its own machine, with its own cookies and none of ours", async () => {
    const visitor = await inside(owner);
    const cookie = `${visitor.headers.cookie}; theirs=1; __Host-markco=stolen`;
    const answer = await edge.ask(visitor, `${originOf(projectId)}/a%20b?q=1`, {
      method: "POST",
      body: "x",
      headers: { cookie, "x-markco-actor": "root" },
    });
    expect(await answer.text()).toBe("hello from the app");
    expect(edge.daemon.asked[0]).toMatchObject({
      method: "POST",
      target: `/v1/projects/${projectId}/proxy/8050/a%20b?q=1`,
      body: "x",
      actor: { handle: "ada", role: "owner" },
    });
    const headers = edge.daemon.asked[0]?.headers;
    expect(headers?.cookie).not.toContain("markco-app");
    expect(headers).toMatchObject({
      origin: "http://localhost:8050",
      "x-forwarded-host": new URL(originOf(projectId)).host,
      "x-forwarded-proto": "http",
    });
  });

  test("keeps every path of its origin, also those that markco has on its own", async () => {
    const visitor = await inside(owner);
    for (const path of ["/api/me", "/app/main.js", "/reader/theme.css", "/@ada/dash", "/auth/sign-in", "/"]) {
      expect(await (await edge.ask(visitor, originOf(projectId) + path)).text()).toBe("hello from the app");
    }
  });

  test("sets cookies for its own host alone, and not ours", async () => {
    edge.daemon.answer = () =>
      new Response("", {
        headers: [
          ["set-cookie", "a=1; Domain=markco.test; Path=/"],
          ["set-cookie", "__Host-markco-app=forged; Path=/; Secure"],
          ["location", "http://localhost:8050/next"],
        ],
        status: 302,
      });
    const answer = await edge.ask(await inside(owner), originOf(projectId));
    expect(answer.headers.getSetCookie()).toEqual(["a=1; Path=/"]);
    expect(answer.headers.get("location")).toBe("/next");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
  });

  test("opens a WebSocket for its own pages", async () => {
    const visitor = await inside(owner);
    const socket = (origin: string) =>
      edge.ask(visitor, `${originOf(projectId)}/ws`, { headers: { upgrade: "websocket", origin } });
    const { status, webSocket } = await socket(originOf(projectId));
    expect(status).toBe(101);
    const heard = new Promise((resolve) => webSocket?.addEventListener("message", ({ data }) => resolve(data)));
    webSocket?.accept();
    webSocket?.send("hello");
    expect(await heard).toBe("hello");
    webSocket?.close();
    for (const origin of [ORIGIN, originOf(other), originOf(projectId, 8051), "null"])
      expect((await socket(origin)).status).toBe(403);
  });

  test("takes no change from another origin's page", async () => {
    const visitor = await inside(owner);
    const headers = { origin: originOf(other) };
    expect((await edge.ask(visitor, originOf(projectId), { method: "POST", body: "x", headers })).status).toBe(403);
    expect(edge.daemon.asked).toEqual([]);
  });

  test("sends a person without a pass to get one, and refuses a program", async () => {
    const page = await edge.ask(STRANGER, `${originOf(projectId)}/page?x=1`, { headers: PAGE });
    expect(page.headers.get("location")).toBe(`${ORIGIN}/proxy/${projectId}/8050/page?x=1`);
    expect((await edge.ask(STRANGER, `${originOf(projectId)}/data.json`)).status).toBe(401);
    const signedOut = await edge.ask(STRANGER, `/proxy/${projectId}/8050/page`);
    expect(signedOut.headers.get("location")).toBe(
      `/auth/sign-in?return=${encodeURIComponent(`/proxy/${projectId}/8050/page`)}`,
    );
    expect(edge.daemon.asked).toEqual([]);
  });

  test("is for people who may run code there", async () => {
    const reader = await signIn(edge, "Reader");
    expect((await ticketFor(reader)).status).toBe(404);
    await addMember(edge, projectId, "reader", "viewer");
    expect((await ticketFor(reader)).status).toBe(403);
    const runner = await signIn(edge, "Runner");
    await addMember(edge, projectId, "runner", "runner");
    expect((await ticketFor(runner)).status).toBe(302);
  });

  test("is closed as soon as a role is taken away, and when the person signs out", async () => {
    const guest = await signIn(edge, "Guest");
    await addMember(edge, projectId, "guest", "editor");
    const visitor = await inside(guest);
    const status = async (of: Visitor) => (await edge.ask(of, `${originOf(projectId)}/x`)).status;
    expect(await status(visitor)).toBe(200);
    await edge.postgres.pool.query("update members set role = 'viewer' where project_id = $1", [projectId]);
    expect(await status(visitor)).toBe(401);
    const leaving = await signIn(edge, "Ada");
    const own = await inside(leaving);
    expect(await status(own)).toBe(200);
    await edge.ask(leaving, "/auth/sign-out", { method: "POST" });
    expect(await status(own)).toBe(401);
  });

  test("has a pass that is good for no other project and no other port, and is no session here", async () => {
    const { headers } = await inside(owner);
    for (const origin of [originOf(other), originOf(projectId, 8051)])
      expect((await edge.ask({ headers }, `${origin}/x`)).status).toBe(401);
    const { location } = await ticketFor(owner);
    expect((await edge.ask(STRANGER, location.replace(originOf(projectId), originOf(other)))).status).toBe(403);
    expect((await edge.ask({ headers: { cookie: headers.cookie ?? "", origin: ORIGIN } }, "/api/me")).status).toBe(401);
  });

  test("has no address below port 1024, nor one that is none", async () => {
    expect((await edge.ask(owner, `/proxy/${projectId}/80/`)).status).toBe(400);
    expect((await edge.ask(owner, `/proxy/${projectId}/65536/`)).status).toBe(400);
    for (const host of ["p80-00000000000000000000000000000000", "anything", "p99999-00000000000000000000000000000000"])
      expect((await edge.ask(owner, `http://${host}.apps.markco.test/`)).status).toBe(404);
    expect(edge.daemon.asked).toEqual([]);
  });

  test("that does not answer is said to its author on a page", async () => {
    const message = "nothing in this project answers on port 8050";
    edge.daemon.answer = () =>
      Response.json(
        { error: { code: "unavailable", message } },
        { status: 503, headers: { [DAEMON.proxyFault]: "1" } },
      );
    const visitor = await inside(owner);
    const page = await edge.ask(visitor, originOf(projectId), { headers: PAGE });
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining(message)]);
    expect(await (await edge.ask(visitor, originOf(projectId))).text()).toBe(message);
  });
});
