import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AccessChange } from "../../shared/daemon/contract.ts";
import { Invited, MadeLink, Sharing } from "../../shared/sharing.ts";
import { Edge, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { beginSignIn, callback, signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("sharing a project, in the Worker:", () => {
  let edge: Edge;
  let demo: Visitor;
  let alice: Visitor;
  let bob: Visitor;
  let projectId: string;
  let slug: string;
  let count = 0;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    edge = await Edge.start();
    edge.provider.emails.set("alice", { email: "Alice@Example.org", email_verified: true });
    [demo, alice, bob] = [await signIn(edge, "demo"), await signIn(edge, "alice"), await signIn(edge, "bob")];
    for (const { id, handle } of (await edge.postgres.pool.query("select id, handle from users")).rows)
      ids.set(handle, id);
  });
  afterAll(() => edge?.close());
  beforeEach(async () => {
    slug = `project-${++count}`;
    projectId = await makeProject(edge, "demo", slug);
    edge.daemon.told.length = 0;
    edge.daemon.answer = () => Response.json({});
  });

  const ask = async (visitor: Visitor, method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await edge.ask(visitor, `/api/projects/${projectId}/sharing${path}`, { method, ...sent });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const list = async (visitor = demo) => Sharing.parse((await ask(visitor, "GET", "")).body);
  const roles = async () => Object.fromEntries((await list()).members.map(({ handle, role }) => [handle, role]));
  const invites = async (visitor = demo) => (await list(visitor)).invites ?? [];
  const makeLink = async (wish: object = { role: "editor" }, visitor = demo) =>
    MadeLink.parse((await ask(visitor, "POST", "/links", wish)).body);
  const invite = (to: string, role = "editor") => ask(demo, "POST", "/people", { to, role });
  const member = (handle: string) => `/members/${ids.get(handle)}`;
  /** Where a browser that opens the link comes to, or what it is told. */
  const open = async (visitor: Visitor, url: string) => {
    const response = await edge.ask(visitor, new URL(url).pathname);
    const [, title = ""] = /<h1>(.*)<\/h1>/.exec(await response.text()) ?? [];
    return { status: response.status, location: response.headers.get("location"), title };
  };
  const landed = () => ({ status: 302, location: `/edit/@demo/${slug}`, title: "" });
  const told = () =>
    edge.daemon.told.map(({ target, body }) => {
      const { userId, role } = AccessChange.parse(JSON.parse(body));
      return [target, userId, role];
    });

  describe("a link", () => {
    test("lands whoever opens it in the project, with its role, and the base server hears of it", async () => {
      const { url, id } = await makeLink({ role: "runner", days: 3, uses: 2 });
      expect(url).toMatch(/^http:\/\/markco\.test\/join\/[A-Za-z0-9_-]{43}$/);
      expect(await open(alice, url)).toEqual(landed());
      expect(await roles()).toEqual({ demo: "owner", alice: "runner" });
      expect(await invites()).toMatchObject([
        { kind: "link", id, role: "runner", uses: 1, maxUses: 2, state: "open", madeBy: "demo" },
      ]);
      expect(told()).toEqual([[`/v1/projects/${projectId}/access`, ids.get("alice"), "runner"]]);
    });

    test("asks a stranger to sign in, and brings them back to it", async () => {
      const { url } = await makeLink();
      const { pathname } = new URL(url);
      const { location } = await open(STRANGER, url);
      expect(location).toBe(`/auth/sign-in?return=${encodeURIComponent(pathname)}`);
      const { authorization, visitor } = await beginSignIn(edge, location ?? "");
      const code = edge.provider.grant("carol", authorization);
      const back = await callback(edge, visitor, code, authorization.searchParams.get("state"));
      expect(back.headers.get("location")).toBe(pathname);
    });

    test("opened twice uses nothing up, and keeps the role that its person has", async () => {
      const { url } = await makeLink({ role: "admin", uses: 1 });
      await addMember(edge, projectId, "bob", "viewer");
      expect([await open(bob, url), await open(demo, url)]).toEqual([landed(), landed()]);
      expect([await open(alice, url), await open(alice, url)]).toEqual([landed(), landed()]);
      expect(await roles()).toEqual({ demo: "owner", alice: "admin", bob: "viewer" });
      expect(await invites()).toMatchObject([{ uses: 1, state: "used up" }]);
    });

    test("lets in as many as it is for, however many come at once", async () => {
      const crowd = await Promise.all(Array.from({ length: 8 }, (_, i) => signIn(edge, `crowd-${count}-${i}`)));
      const { url } = await makeLink({ role: "viewer", uses: 3 });
      const arrivals = await Promise.all([...crowd, ...crowd].map((visitor) => open(visitor, url)));
      expect(Object.keys(await roles())).toHaveLength(4);
      expect(await invites()).toMatchObject([{ uses: 3 }]);
      expect(new Set(arrivals.map(({ status, title }) => `${status} ${title}`))).toEqual(
        new Set(["302 ", "410 This link is used up"]),
      );
    });

    test("that is used up, expired, revoked or unknown says so, signed in or not", async () => {
      const used = await makeLink({ role: "viewer", uses: 1 });
      await open(alice, used.url);
      const expired = await makeLink();
      await edge.postgres.pool.query("update invites set expires_at = now() - interval '1 second' where id = $1", [
        expired.id,
      ]);
      const revoked = await makeLink();
      expect((await ask(demo, "DELETE", `/invites/${revoked.id}`)).status).toBe(200);
      expect((await ask(demo, "DELETE", `/invites/${revoked.id}`)).status).toBe(200);
      for (const visitor of [bob, STRANGER]) {
        expect(await open(visitor, used.url)).toMatchObject({ status: 410, title: "This link is used up" });
        expect(await open(visitor, expired.url)).toMatchObject({ status: 410, title: "This link is expired" });
        expect(await open(visitor, revoked.url)).toMatchObject({ status: 410, title: "This link is revoked" });
        for (const token of ["x".repeat(43), "x", "%00"])
          expect(await open(visitor, `http://markco.test/join/${token}`)).toMatchObject({ status: 404 });
      }
      expect(await roles()).toEqual({ demo: "owner", alice: "viewer" });
    });

    test("is known by its hash alone, and neither logged nor told to another page", async () => {
      const { url } = await makeLink();
      const token = new URL(url).pathname.split("/").at(-1) ?? "";
      const { rows } = await edge.postgres.pool.query("select * from invites");
      expect(JSON.stringify([rows, await list()])).not.toContain(token);
      const landing = await edge.ask(alice, `/join/${token}`);
      expect(landing.headers.get("referrer-policy")).toBe("no-referrer");
      await edge.postgres.pool.query("alter table removals rename to hidden");
      const failed = await edge
        .ask(bob, `/join/${token}`)
        .finally(() => edge.postgres.pool.query("alter table hidden rename to removals"));
      expect(failed.status).toBe(500);
      expect(edge.logs).toContain("GET /join/…");
      expect(edge.logs).not.toContain(token);
    });

    test("does not let back in who was removed, until they are asked again", async () => {
      const { url } = await makeLink();
      await open(alice, url);
      expect((await ask(demo, "DELETE", member("alice"))).status).toBe(200);
      expect(await open(alice, url)).toMatchObject({ status: 403, title: "This link is not for you any more" });
      expect(await open(bob, url)).toEqual(landed());
      expect(await open(alice, (await makeLink()).url)).toEqual(landed());
      expect(await roles()).toEqual({ demo: "owner", alice: "editor", bob: "editor" });
    });

    test("of somebody who may share no more lets nobody in", async () => {
      await addMember(edge, projectId, "alice", "admin");
      const theirs = await makeLink({ role: "admin" }, alice);
      const ours = await makeLink();
      expect((await ask(demo, "PUT", member("alice"), { role: "editor" })).status).toBe(200);
      expect(await open(bob, theirs.url)).toMatchObject({ status: 410, title: "This link is revoked" });
      await ask(demo, "PUT", member("alice"), { role: "admin" });
      expect(await open(bob, theirs.url)).toMatchObject({ status: 410 });
      expect(await open(bob, ours.url)).toEqual(landed());
    });

    test("can be made until there are too many", async () => {
      await edge.postgres.pool.query(
        "insert into invites (id, project_id, role, email, made_by, expires_at) select gen_random_uuid(), $1, 'viewer', n || '@example.org', $2, now() + interval '1 day' from generate_series(1, 100) n",
        [projectId, ids.get("demo")],
      );
      const refused = await ask(demo, "POST", "/links", { role: "viewer" });
      expect(refused).toMatchObject({ status: 429, body: { error: { code: "limit" } } });
    });
  });

  describe("an invitation", () => {
    test("by handle makes a person a member at once", async () => {
      expect(Invited.parse((await invite("@Alice")).body)).toEqual({ kind: "member", handle: "alice" });
      expect(await roles()).toEqual({ demo: "owner", alice: "editor" });
      expect((await invite("alice")).status).toBe(200);
      expect(await invite("alice", "viewer")).toMatchObject({
        status: 409,
        body: { error: { message: "@alice is an editor here already" } },
      });
      expect((await invite("demo")).status).toBe(409);
    });

    test("by the verified e-mail address of somebody who is here makes them a member, too", async () => {
      expect(Invited.parse((await invite("ALICE@example.org")).body)).toEqual({ kind: "member", handle: "alice" });
      expect(await roles()).toEqual({ demo: "owner", alice: "editor" });
    });

    test("by e-mail address waits until its owner signs in", async () => {
      const name = `dora-${count}`;
      const email = `${name}@example.org`;
      expect(Invited.parse((await invite(email, "viewer")).body)).toMatchObject({ kind: "email", email });
      expect((await invite(email.toUpperCase(), "runner")).status).toBe(200);
      expect(await invites()).toMatchObject([{ kind: "email", email, role: "runner", state: "open" }]);
      // Somebody says that it is theirs, and nobody vouches for that.
      edge.provider.emails.set(`false-${name}`, { email, email_verified: false });
      await signIn(edge, `false-${name}`);
      expect(await roles()).toEqual({ demo: "owner" });
      edge.provider.emails.set(name, { email: email.toUpperCase(), email_verified: true });
      await signIn(edge, name);
      expect(await roles()).toEqual({ demo: "owner", [name]: "runner" });
      expect(await invites()).toEqual([]);
    });

    test("by e-mail address that was revoked or has expired comes to nothing", async () => {
      for (const [name, end] of [
        [`erin-${count}`, "update invites set revoked_at = now()"],
        [`fred-${count}`, "update invites set expires_at = now() where revoked_at is null"],
      ] as const) {
        const email = `${name}@example.org`;
        await invite(email);
        await edge.postgres.pool.query(end);
        edge.provider.emails.set(name, { email, email_verified: true });
        await signIn(edge, name);
      }
      expect(await roles()).toEqual({ demo: "owner" });
    });

    test("lets back in who was removed", async () => {
      await addMember(edge, projectId, "alice", "viewer");
      await ask(demo, "DELETE", member("alice"));
      await invite("alice", "viewer");
      expect(await roles()).toEqual({ demo: "owner", alice: "viewer" });
      expect(told().map(([, , role]) => role)).toEqual([null, "viewer"]);
    });

    test("of nobody who is known here says what else would do", async () => {
      expect(await invite("nobody-of-that-name")).toMatchObject({
        status: 404,
        body: { error: { message: expect.stringContaining("a link or an e-mail address") } },
      });
    });
  });

  describe("a role", () => {
    test("is changed, and the base server is told in nobody's name", async () => {
      await addMember(edge, projectId, "alice", "editor");
      expect((await ask(demo, "PUT", member("alice"), { role: "viewer" })).status).toBe(200);
      expect(await roles()).toEqual({ demo: "owner", alice: "viewer" });
      expect(told()).toEqual([[`/v1/projects/${projectId}/access`, ids.get("alice"), "viewer"]]);
    });

    test("of an admin is changed by another admin, and the owner's by nobody", async () => {
      await addMember(edge, projectId, "alice", "admin");
      await addMember(edge, projectId, "bob", "admin");
      expect((await ask(alice, "PUT", member("bob"), { role: "viewer" })).status).toBe(200);
      for (const [method, body] of [["PUT", { role: "viewer" }], ["DELETE"]] as const)
        for (const visitor of [alice, demo])
          expect(await ask(visitor, method, member("demo"), body)).toMatchObject({
            status: 403,
            body: { error: { code: "forbidden" } },
          });
      expect(await roles()).toEqual({ demo: "owner", alice: "admin", bob: "viewer" });
      expect(told()).toEqual([[`/v1/projects/${projectId}/access`, ids.get("bob"), "viewer"]]);
    });

    test("can't be given to who is no member", async () => {
      expect((await ask(demo, "PUT", member("alice"), { role: "viewer" })).status).toBe(404);
      expect((await ask(demo, "PUT", `/members/${randomUUID()}`, { role: "viewer" })).status).toBe(404);
    });

    test("is taken, and taken once more without harm", async () => {
      await addMember(edge, projectId, "alice", "editor");
      expect((await ask(demo, "DELETE", member("alice"))).status).toBe(200);
      expect((await ask(demo, "DELETE", member("alice"))).status).toBe(200);
      expect((await ask(alice, "GET", "")).status).toBe(404);
      expect(told().map(([, , role]) => role)).toEqual([null, null]);
    });

    test("is given back by whoever leaves, who may come back by a link", async () => {
      const { url } = await makeLink();
      await open(alice, url);
      expect((await ask(alice, "DELETE", member("alice"))).status).toBe(200);
      expect(await roles()).toEqual({ demo: "owner" });
      expect(await open(alice, url)).toEqual(landed());
    });

    test("that has changed while the base server is away is kept, and that it does not act yet is said", async () => {
      await addMember(edge, projectId, "alice", "editor");
      edge.daemon.answer = () => Response.json({ error: { code: "unavailable", message: "busy" } }, { status: 503 });
      expect(await ask(demo, "PUT", member("alice"), { role: "viewer" })).toMatchObject({
        status: 503,
        body: { error: { message: expect.stringContaining("try again") } },
      });
      expect(await roles()).toEqual({ demo: "owner", alice: "viewer" });
      // Who comes in has nothing open that would have to be closed.
      expect(await open(bob, (await makeLink()).url)).toEqual(landed());
    });
  });

  test("a member sees who is here, and only who may share sees the invitations", async () => {
    await makeLink();
    await addMember(edge, projectId, "alice", "viewer");
    expect(await list(alice)).toMatchObject({ members: [{ handle: "demo" }, { handle: "alice" }], invites: null });
    expect(await invites()).toHaveLength(1);
  });

  test("an invitation of another project can't be revoked from here", async () => {
    const { url, id } = await makeLink();
    const there = slug;
    slug = `project-${++count}`;
    projectId = await makeProject(edge, "demo", slug);
    expect((await ask(demo, "DELETE", `/invites/${id}`)).status).toBe(200);
    expect(await open(alice, url)).toMatchObject({ location: `/edit/@demo/${there}` });
  });

  test.each<[string, string, string, unknown, RegExp]>([
    ["a link for the owner's role", "POST", "/links", { role: "owner" }, /one of viewer, runner, editor, admin/],
    ["a link for no role", "POST", "/links", {}, /one of viewer/],
    ["a link for no day", "POST", "/links", { role: "viewer", days: 0 }, /at least one day/],
    ["a link for half a day", "POST", "/links", { role: "viewer", days: 0.5 }, /whole days/],
    ["a link for ever", "POST", "/links", { role: "viewer", days: 366 }, /at most 365 days/],
    ["a link for nobody", "POST", "/links", { role: "viewer", uses: 0 }, /at least once/],
    ["a link for the world", "POST", "/links", { role: "viewer", uses: 10_001 }, /at most 10000/],
    ["a link without a body", "POST", "/links", undefined, /not JSON/],
    ["an invitation of nobody", "POST", "/people", { role: "viewer" }, /"to"/],
    ["an invitation of something else", "POST", "/people", { to: "a b", role: "viewer" }, /handle or e-mail/],
    ["an invitation as owner", "POST", "/people", { to: "alice", role: "owner" }, /one of viewer/],
    ["a role by a wrong id", "PUT", "/members/alice", { role: "viewer" }, /member's id/],
    ["a revocation by a wrong id", "DELETE", "/invites/..%2f1", undefined, /invitation's id/],
  ])("%s is refused with one line", async (_, method, path, body, message) => {
    const refused = await ask(demo, method, path, body);
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: "invalid", message: expect.stringMatching(message) } },
    });
    expect(refused.body.error.message).not.toContain("\n");
    expect(await roles()).toEqual({ demo: "owner" });
    expect(await invites()).toEqual([]);
  });
});
