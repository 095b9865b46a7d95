/** Each role at each door of the edge (design.md §5). What happens behind the editor's door: images/editor/server/roles.test.ts. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ROLES, type Role } from "../../shared/roles.ts";
import { Edge, ORIGIN, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";
import { publishedSite } from "../testing/site.ts";

interface Door {
  readonly name: string;
  readonly least: Role;
  readonly method?: string;
  /** Below `/api/projects/<id>`, unless it starts with a word. */
  readonly path: string;
  readonly body?: object;
  readonly socket?: true;
}

const ID = randomUUID();

const DOORS: readonly Door[] = [
  { name: "the project's state", least: "viewer", path: "" },
  { name: "the project by its name", least: "viewer", path: "api/by-name/@demo/doors" },
  { name: "the private site", least: "viewer", path: "@demo/doors" },
  { name: "a file", least: "viewer", path: "/file?path=mrmd.md" },
  { name: "a file to keep", least: "viewer", path: "/file?path=mrmd.md&download" },
  { name: "the project as a zip", least: "viewer", path: "/editor/zip" },
  { name: "a folder as a zip", least: "viewer", path: "/editor/zip?path=sec" },
  { name: "the list of files", least: "viewer", path: "/editor/tree" },
  { name: "how cells run", least: "viewer", path: "/editor/cells" },
  { name: "who is where", least: "viewer", path: "/editor/people" },
  { name: "search in the project", least: "viewer", path: "/editor/search?query={}" },
  { name: "the versions of a document", least: "viewer", path: "/editor/versions?path=a.md" },
  { name: "a version", least: "viewer", path: "/editor/version?path=a.md&version=1" },
  { name: "a document's socket", least: "viewer", path: "/editor/sync?path=a.md", socket: true },
  { name: "the runtime's state", least: "viewer", path: "/runtime" },
  { name: "the list of snapshots", least: "viewer", path: "/runtime/snapshots" },
  { name: "the list of sandboxes", least: "viewer", path: "/sandboxes" },
  { name: "the list of members", least: "viewer", path: "/sharing" },
  ...["run", "interrupt", "cancel", "restart"].map(
    (what): Door => ({ name: `${what} cells`, least: "runner", method: "POST", path: `/editor/${what}`, body: {} }),
  ),
  { name: "comment on a document", least: "runner", method: "POST", path: "/editor/comments", body: {} },
  ...["create", "duplicate", "delete", "restore", "move", "undo-move"].map(
    (what): Door => ({ name: `${what} files`, least: "editor", method: "POST", path: `/editor/${what}`, body: {} }),
  ),
  ...["replace", "undo-replace"].map(
    (what): Door => ({
      name: `${what} in documents`,
      least: "editor",
      method: "POST",
      path: `/editor/${what}`,
      body: {},
    }),
  ),
  { name: "the list of deleted files", least: "editor", path: "/editor/trash" },
  ...["start", "stop", "sleep"].map(
    (what): Door => ({ name: `${what} the runtime`, least: "runner", method: "POST", path: `/runtime/${what}` }),
  ),
  { name: "move the runtime", least: "runner", method: "POST", path: "/runtime/move", body: { tier: "small" } },
  { name: "run code", least: "runner", method: "POST", path: "/mrp/v1/executions", body: {} },
  { name: "read a variable", least: "runner", path: "/mrp/v1/sessions/a/variables" },
  { name: "the socket of an execution", least: "runner", path: "/mrp/v1/executions/1/socket", socket: true },
  { name: "a terminal", least: "runner", path: "/terminals/main?columns=80&rows=24", socket: true },
  { name: "the list of terminals", least: "runner", path: "/terminals" },
  { name: "close a terminal", least: "runner", method: "DELETE", path: "/terminals/main" },
  { name: "keep a snapshot", least: "runner", method: "POST", path: "/runtime/snapshots", body: { name: "x" } },
  { name: "restore a snapshot", least: "runner", method: "POST", path: `/runtime/snapshots/${ID}/restore` },
  { name: "delete a snapshot", least: "runner", method: "DELETE", path: `/runtime/snapshots/${ID}` },
  { name: "make a sandbox", least: "runner", method: "POST", path: "/sandboxes", body: {} },
  { name: "run code in a sandbox", least: "runner", method: "POST", path: `/sandboxes/${ID}/mrp/v1/executions` },
  { name: "end a sandbox", least: "runner", method: "DELETE", path: `/sandboxes/${ID}` },
  { name: "a web app of the project", least: "runner", path: "proxy/PROJECT/8050/" },
  { name: "bring a file in", least: "editor", method: "PUT", path: "/editor/upload?path=a.md", body: {} },
  { name: "keep a picture", least: "editor", method: "PUT", path: "/editor/picture", body: {} },
  { name: "keep a drawing", least: "editor", method: "PUT", path: "/editor/drawing", body: {} },
  { name: "keep a version", least: "editor", method: "POST", path: "/editor/keep", body: {} },
  { name: "publish", least: "editor", method: "POST", path: "/publish" },
  { name: "make a link", least: "admin", method: "POST", path: "/sharing/links", body: { role: "viewer" } },
  {
    name: "invite somebody",
    least: "admin",
    method: "POST",
    path: "/sharing/people",
    body: { to: "zoe@example.org", role: "viewer" },
  },
  { name: "revoke an invitation", least: "admin", method: "DELETE", path: `/sharing/invites/${ID}` },
  {
    name: "change a role",
    least: "admin",
    method: "PUT",
    path: "/sharing/members/SOMEBODY",
    body: { role: "viewer" },
  },
  { name: "remove a member", least: "admin", method: "DELETE", path: `/sharing/members/${ID}` },
];

describe.skipIf(!isPostgresInstalled)("at each door of the edge", () => {
  let edge: Edge;
  let owner: Visitor;
  let alice: Visitor;
  let projectId: string;
  let somebody: string;
  beforeAll(async () => {
    edge = await Edge.start();
    [owner, alice] = [await signIn(edge, "demo"), await signIn(edge, "alice")];
    await signIn(edge, "bob");
    projectId = await makeProject(edge, "demo", "doors");
    await addMember(edge, projectId, "bob", "viewer");
    somebody = (await edge.postgres.pool.query("select id from users where handle = 'bob'")).rows[0].id;
    edge.bucket.publish(publishedSite("doors", { projectId, visibility: "private" }), { "index.md": "# Doors\n" });
  });
  afterAll(() => edge?.close());
  beforeEach(() => {
    edge.daemon.answer = () => Response.json({});
  });

  /** What comes of it: it is let through to where it is done, or refused with a status and nobody behind the door hears of it. */
  async function tryDoor(visitor: Visitor, { method = "GET", path, body, socket }: Door): Promise<"open" | number> {
    edge.daemon.asked.length = 0;
    const named = path.replace("PROJECT", projectId).replace("SOMEBODY", somebody);
    const at = /^[a-z@]/.test(named) ? `/${named}` : `/api/projects/${projectId}${named}`;
    const response = await edge.ask(visitor, at, {
      method,
      headers: socket ? { upgrade: "websocket", origin: ORIGIN } : {},
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    response.webSocket?.accept();
    response.webSocket?.close();
    if (edge.daemon.asked.length > 0 || response.status < 400) return "open";
    return response.status;
  }

  test.each(DOORS)("$name: from $least upwards, for nobody else", async (door) => {
    const found: [string, "open" | number][] = [];
    const expected: typeof found = [];
    await edge.postgres.pool.query("delete from members where user_id <> $1", [somebody]);
    expect(await tryDoor(alice, door)).toBe(404);
    for (const role of ROLES.filter((each) => each !== "owner")) {
      await edge.postgres.pool.query("delete from members where user_id <> $1", [somebody]);
      await addMember(edge, projectId, "alice", role);
      found.push([role, await tryDoor(alice, door)]);
      expected.push([role, ROLES.indexOf(role) >= ROLES.indexOf(door.least) ? "open" : 403]);
    }
    found.push(["owner", await tryDoor(owner, door)]);
    expected.push(["owner", "open"]);
    expect(found).toEqual(expected);
    // Two are for browsers: a site says what it says of a page that is not there, the door to an app asks to sign in.
    const forStranger = { "@": 404, p: "open" }[door.path.slice(0, 1)] ?? 401;
    expect(await tryDoor(STRANGER, door)).toBe(forStranger);
    expect(edge.daemon.asked).toEqual([]);
  });
});
