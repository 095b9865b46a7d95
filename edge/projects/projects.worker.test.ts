import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../shared/config/config.ts";
import { ImportRequest } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import { Edge, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  let demo: Visitor;
  let alice: Visitor;
  beforeAll(async () => {
    edge = await Edge.start();
    demo = await signIn(edge, "demo");
    alice = await signIn(edge, "alice");
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.daemon.asked.length = 0;
    edge.daemon.answer = () => Response.json({});
  });

  const refuse = (fault: Fault) => () => Response.json(fault.toBody(), { status: fault.status });
  const json = async (visitor: Visitor, path: string, init = {}) => {
    const response = await edge.ask(visitor, path, init);
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  describe("a project", () => {
    test("of somebody else is answered exactly as one that does not exist", async () => {
      const projectId = await makeProject(edge, "demo", "secret");
      const paths = ["", "/file?path=mrmd.md", "/editor/tree", "/mrp/v1/capabilities"];
      for (const path of paths) {
        const theirs = await json(alice, `/api/projects/${projectId}${path}`);
        expect(theirs.status).toBe(404);
        expect(theirs).toEqual(await json(alice, `/api/projects/${randomUUID()}${path}`));
        expect(theirs).toEqual(await json(alice, `/api/projects/nonsense${path}`));
      }
      expect(await json(alice, "/api/by-name/@demo/secret")).toEqual(await json(alice, "/api/by-name/@demo/nothing"));
      expect((await json(alice, "/api/projects")).body.projects).toEqual([]);
      expect(edge.daemon.asked).toEqual([]);
    });

    test("needs a session, without telling whether it exists", async () => {
      const projectId = await makeProject(edge, "demo", "closed");
      const there = await json(STRANGER, `/api/projects/${projectId}`);
      expect(there.status).toBe(401);
      expect(there).toEqual(await json(STRANGER, `/api/projects/${randomUUID()}`));
    });

    test("lets each role do what it may, and no more", async () => {
      const projectId = await makeProject(edge, "demo", "shared");
      const post = async (what: string) =>
        (await edge.ask(alice, `/api/projects/${projectId}/${what}`, { method: "POST", body: "{}" })).status;
      await addMember(edge, projectId, "alice", "viewer");
      expect((await edge.ask(alice, `/api/projects/${projectId}/editor/tree`)).status).toBe(200);
      expect([await post("editor/run"), await post("mrp/v1/executions"), await post("publish")]).toEqual([
        403, 403, 403,
      ]);
      await edge.postgres.pool.query("update members set role = 'runner'");
      expect([await post("editor/run"), await post("mrp/v1/executions"), await post("publish")]).toEqual([
        200, 200, 403,
      ]);
    });

    test("is listed for its owner and its members, with their role", async () => {
      const projectId = await makeProject(edge, "demo", "listed");
      await addMember(edge, projectId, "alice", "editor");
      const roles = async (visitor: Visitor) =>
        (await json(visitor, "/api/projects")).body.projects
          .filter((project: { slug: string }) => project.slug === "listed")
          .map((project: { role: string; owner: object }) => [project.role, project.owner]);
      expect(await roles(demo)).toEqual([["owner", { handle: "demo" }]]);
      expect(await roles(alice)).toEqual([["editor", { handle: "demo" }]]);
      expect((await json(alice, "/api/by-name/@demo/listed")).body).toEqual({ projectId, role: "editor" });
    });

    test("is listed with the last time that anything was heard of it", async () => {
      const projectId = await makeProject(edge, "demo", "heard");
      const active = async () =>
        (await json(demo, "/api/projects")).body.projects.find(({ slug }: { slug: string }) => slug === "heard").active;
      const { rows } = await edge.postgres.pool.query("select created_at from projects where id = $1", [projectId]);
      expect(await active()).toBe(rows[0].created_at.toISOString());
      for (const [table, at] of [
        ["sites", "2100-01-02T00:00:00.000Z"],
        ["runtimes", "2100-01-03T00:00:00.000Z"],
      ] as const) {
        await edge.postgres.pool.query(`insert into ${table} (project_id, state, updated_at) values ($1, '{}', $2)`, [
          projectId,
          at,
        ]);
        expect(await active()).toBe(at);
      }
    });

    test("has files that are shown and never run on this origin", async () => {
      const projectId = await makeProject(edge, "demo", "files");
      edge.daemon.answer = () => new Response("<script>alert(1)</script>", { headers: { "set-cookie": "a=b" } });
      const response = await edge.ask(demo, `/api/projects/${projectId}/file?path=_assets/a%20b.html`);
      expect(response.headers.get("content-security-policy")).toContain("sandbox");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(response.headers.get("content-disposition")).toBeNull();
      expect(edge.daemon.asked[0]?.target).toBe(`/v1/projects/${projectId}/file?path=_assets%2Fa%20b.html`);
    });

    test("has files that a browser keeps under their own names if it is asked to, and not if there are none", async () => {
      const projectId = await makeProject(edge, "demo", "kept");
      const at = `/api/projects/${projectId}/file?path=${encodeURIComponent('sec/größe "1".md')}&download`;
      expect((await edge.ask(demo, at)).headers.get("content-disposition")).toBe(
        `attachment; filename="gro_e _1_.md"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22.md`,
      );
      edge.daemon.answer = refuse(new Fault("not_found", "there is none"));
      const { status, headers } = await edge.ask(demo, at);
      expect([status, headers.get("content-disposition")]).toEqual([404, null]);
    });
  });

  describe("a new project", () => {
    const make = (body: object, visitor = demo) =>
      json(visitor, "/api/projects", { method: "POST", body: JSON.stringify(body) });
    const rows = async (name: string) =>
      (await edge.postgres.pool.query("select state from projects where slug = $1", [name])).rows;

    test("is made by one request: a configuration for members alone, and a page with a cell", async () => {
      const { status, body } = await make({ title: "My Thesis", name: "begun" });
      expect([status, body]).toMatchObject([201, { owner: { handle: "demo" }, slug: "begun" }]);
      const [begun, config, page, commit] = edge.daemon.asked;
      expect(edge.daemon.asked.map(({ method }) => method)).toEqual(["POST", "PUT", "PUT", "POST"]);
      const request = ImportRequest.parse(JSON.parse(begun?.body ?? ""));
      expect(request).toMatchObject({ projectId: body.projectId, slug: "begun" });
      const sent = [config, page].map((file) =>
        createHash("sha256")
          .update(file?.body ?? "")
          .digest("hex"),
      );
      expect(request.files.map(({ path, sha256 }) => [path, sha256])).toEqual([
        ["mrmd.md", sent[0]],
        ["index.md", sent[1]],
      ]);
      expect(parseConfig(config?.body ?? "")).toMatchObject({
        config: { name: "My Thesis", publish: { url: { user: "demo", name: "begun" }, visibility: "private" } },
      });
      expect(page?.body).toMatch(/^# My Thesis\n[\s\S]*```python\n/);
      expect(commit?.target).toBe(`/v1/imports/${request.importId}/commit`);
      expect(await rows("begun")).toEqual([{ state: "ready" }]);
    });

    test.each([
      [
        { title: "A", name: "My Thesis" },
        'project: "name": a project\'s name has 1 to 100 of a-z, 0-9 and inner . _ -',
      ],
      [{ title: " ", name: "a" }, 'project: "title": a project needs a title'],
      [{ title: "a\nb", name: "a" }, 'project: "title": a project\'s title is one line'],
    ])("is refused with the rule that it breaks: %j", async (body, message) => {
      expect(await make(body)).toMatchObject({ status: 400, body: { error: { message } } });
      expect(edge.daemon.asked).toEqual([]);
    });

    test("is refused for a name that its owner has given, and another person may use it", async () => {
      await makeProject(edge, "demo", "given");
      expect(await make({ title: "Given", name: "given" })).toMatchObject({
        status: 409,
        body: { error: { message: 'you have a project "given" already; choose another name' } },
      });
      expect((await make({ title: "Given", name: "given" }, alice)).status).toBe(201);
    });

    test("leaves nothing where the base server fails half-way, and its name is free", async () => {
      edge.daemon.answer = ({ target }) =>
        target.endsWith("index.md") ? refuse(new Fault("limit", "the disk is full"))() : Response.json({});
      expect(await make({ title: "Half", name: "half" })).toMatchObject({
        status: 429,
        body: { error: { message: "the disk is full" } },
      });
      expect(edge.daemon.asked.at(-1)?.method).toBe("DELETE");
      expect(await rows("half")).toEqual([]);
    });

    test("is made by nobody who has not signed in, and by no other site", async () => {
      const wish = { title: "A", name: "foreign" };
      expect((await make(wish, STRANGER)).status).toBe(401);
      expect((await make(wish, { headers: { ...demo.headers, origin: "https://evil.example" } })).status).toBe(403);
      expect(await rows("foreign")).toEqual([]);
    });
  });

  describe("an import", () => {
    const content = "# Thesis\n";
    const files = [
      { path: "mrmd.md", bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") },
    ];
    const begin = (name: string, visitor = demo) =>
      json(visitor, "/api/imports", { method: "POST", body: JSON.stringify({ name, files }) });
    const slugs = async (visitor = demo) =>
      (await json(visitor, "/api/projects")).body.projects.map(({ slug }: { slug: string }) => slug);

    test("becomes a project with its commit, and not before", async () => {
      const { body } = await begin("thesis");
      await edge.ask(demo, `/api/imports/${body.importId}/file?path=mrmd.md`, { method: "PUT", body: content });
      expect(await slugs()).not.toContain("thesis");
      expect((await edge.ask(demo, `/api/imports/${body.importId}/commit`, { method: "POST" })).status).toBe(200);
      expect(await slugs()).toContain("thesis");
      expect(edge.daemon.asked.map(({ method, target }) => [method, target])).toEqual([
        ["POST", "/v1/imports"],
        ["PUT", `/v1/imports/${body.importId}/file?path=mrmd.md`],
        ["POST", `/v1/imports/${body.importId}/commit`],
      ]);
      expect(edge.daemon.asked[1]?.body).toBe(content);
      expect(edge.daemon.asked[0]?.actor).toMatchObject({ handle: "demo", role: "owner" });
    });

    test("is refused for a name that is taken, and another person may use it", async () => {
      await makeProject(edge, "demo", "taken");
      expect(await begin("taken")).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
      expect((await begin("taken", alice)).status).toBe(200);
    });

    test("that was given up makes room for the next one", async () => {
      const first = await begin("again");
      const second = await begin("again");
      expect(second.status).toBe(200);
      const late = await edge.ask(demo, `/api/imports/${first.body.importId}/commit`, { method: "POST" });
      expect(late.status).toBe(404);
    });

    test("belongs to who began it", async () => {
      const { body } = await begin("mine");
      const commit = await edge.ask(alice, `/api/imports/${body.importId}/commit`, { method: "POST" });
      expect(commit.status).toBe(404);
    });

    test("leaves nothing when the daemon refuses it, and says why in the daemon's words", async () => {
      edge.daemon.answer = refuse(new Fault("invalid", "mrmd.md:4: publish.visibility is wrong", "mrmd.md:4"));
      const refused = await begin("refused");
      expect(refused).toMatchObject({ status: 400, body: { error: { at: "mrmd.md:4" } } });
      const { rowCount } = await edge.postgres.pool.query("select 1 from projects where slug = 'refused'");
      expect(rowCount).toBe(0);
    });

    test("that is withdrawn leaves nothing, even if the daemon knows it no more", async () => {
      const { body } = await begin("withdrawn");
      edge.daemon.answer = refuse(new Fault("not_found", "no such import"));
      expect((await edge.ask(demo, `/api/imports/${body.importId}`, { method: "DELETE" })).status).toBe(200);
      const { rowCount } = await edge.postgres.pool.query("select 1 from projects where slug = 'withdrawn'");
      expect(rowCount).toBe(0);
    });

    test("of a file above 25 MiB is refused before it is held", async () => {
      const { body } = await begin("large");
      const large = await edge.ask(demo, `/api/imports/${body.importId}/file?path=mrmd.md`, {
        method: "PUT",
        body: "x".repeat(26 * 1024 * 1024),
      });
      expect(large.status).toBe(413);
    });
  });
});
