import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Sharing } from "../../shared/sharing.ts";
import { UsageFault } from "./command.ts";
import { command } from "./share.ts";
import { type Asked, FakeEdge, listenToOutput } from "./testing/fake-edge.ts";

const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const DEMO = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12";
const ALICE = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
const LINK = "5b2a4d0e-7a63-4d0a-8f0c-2f6f1f8a9b11";
const EMAIL = "5b2affff-7a63-4d0a-8f0c-2f6f1f8a9b12";
const AT = `/api/projects/${PROJECT}/sharing`;
const URL = `http://localhost:8800/join/${"t".repeat(43)}`;

const made = { madeBy: "demo", created: "2027-03-01T10:00:00.000Z", expires: "2027-03-08T10:00:59.000Z" };

let edge: FakeEdge;
let sharing: Sharing;
/** What the platform answers to all but the lists. */
let answer: (asked: Asked) => Response;

beforeEach(async () => {
  edge = await FakeEdge.start();
  sharing = {
    members: [
      { userId: DEMO, handle: "demo", name: "Demo", role: "owner" },
      { userId: ALICE, handle: "alice", name: "\u001b[31mAlice\n", role: "editor" },
    ],
    invites: [
      { kind: "link", id: LINK, role: "viewer", ...made, uses: 1, maxUses: 5, state: "open" },
      { kind: "email", id: EMAIL, role: "admin", ...made, email: "zoe@example.org", state: "expired" },
    ],
  };
  answer = () => Response.json({});
  edge.hasProject(PROJECT, (asked) => (asked.line === `GET ${AT}` ? Response.json(sharing) : answer(asked)));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.stop();
});

const done = () => edge.changesAt(AT);

test("without more, members and ways in are listed, in letters that steer no terminal", async () => {
  sharing.invites?.unshift({
    kind: "link",
    id: LINK.replace("5", "6"),
    role: "runner",
    ...made,
    uses: 2,
    maxUses: null,
    state: "open",
  });
  const said = listenToOutput();
  expect(await command.run(["thesis"])).toBe(0);
  expect(said.stdout.trimEnd().split("\n")).toEqual([
    "@demo  owner  Demo",
    "@alice  editor  �[31mAlice�",
    "link 6b2a4d0e  runner  2 of any number of uses  until 2027-03-08 10:00 UTC",
    "link 5b2a4d0e  viewer  1 of 5 uses  until 2027-03-08 10:00 UTC",
    "zoe@example.org  admin  has not signed in  expired",
  ]);
});

test("who may not share sees the members alone", async () => {
  sharing.invites = null;
  const said = listenToOutput();
  await command.run(["thesis"]);
  expect(said.stdout.trimEnd().split("\n")).toHaveLength(2);
});

test("a link's address is printed, and nothing else", async () => {
  answer = () => Response.json({ id: LINK, url: URL, expires: made.expires });
  const said = listenToOutput();
  expect(await command.run(["thesis", "link", "editor"])).toBe(0);
  expect(await command.run(["thesis", "link", "viewer", "--days", "30", "--uses", "5"])).toBe(0);
  expect(said.stdout).toBe(`${URL}\n${URL}\n`);
  expect(done()).toEqual([
    ["POST /links", { role: "editor", days: 7, uses: null }],
    ["POST /links", { role: "viewer", days: 30, uses: 5 }],
  ]);
});

test("somebody is invited by handle or e-mail address", async () => {
  const said = listenToOutput();
  answer = () => Response.json({ kind: "member", handle: "bob" });
  await command.run(["thesis", "invite", "@bob", "runner"]);
  answer = () => Response.json({ kind: "email", email: "zoe@example.org", expires: made.expires });
  await command.run(["thesis", "invite", "zoe@example.org", "viewer"]);
  expect(said.stdout.split("\n")).toEqual([
    "@bob is in the project",
    "zoe@example.org comes in by signing in with this address; no message is sent",
    "",
  ]);
  expect(done()).toEqual([
    ["POST /people", { to: "@bob", role: "runner" }],
    ["POST /people", { to: "zoe@example.org", role: "viewer" }],
  ]);
});

test("a member is found by handle, given another role and removed", async () => {
  const said = listenToOutput();
  await command.run(["thesis", "role", "@Alice", "viewer"]);
  await command.run(["thesis", "remove", "alice"]);
  expect(said.stdout).toBe("@alice is viewer now\n@alice is not in the project any more\n");
  expect(done()).toEqual([
    [`PUT /members/${ALICE}`, { role: "viewer" }],
    [`DELETE /members/${ALICE}`, null],
  ]);
  await expect(command.run(["thesis", "remove", "bob"])).rejects.toThrow('"bob" is no member of the project');
});

test("a link is revoked by the digits that are shown, an invitation by its address", async () => {
  const said = listenToOutput();
  await command.run(["thesis", "revoke", "5b2a4d0e"]);
  await command.run(["thesis", "revoke", "zoe@example.org"]);
  expect(said.stdout).toBe("link 5b2a4d0e is revoked\nzoe@example.org is revoked\n");
  expect(done()).toEqual([
    [`DELETE /invites/${LINK}`, null],
    [`DELETE /invites/${EMAIL}`, null],
  ]);
  await expect(command.run(["thesis", "revoke", "5b2a"])).rejects.toThrow("write more of the id");
  await expect(command.run(["thesis", "revoke", "77"])).rejects.toThrow('no link or invitation "77"');
});

test("with --json the platform's answer is printed as it is", async () => {
  const said = listenToOutput();
  await command.run(["thesis", "--json"]);
  expect(JSON.parse(said.stdout)).toEqual(sharing);
});

test("a refusal is the platform's", async () => {
  const refusal = new Fault("forbidden", "the owner of a project stays its owner");
  answer = () => Response.json(refusal.toBody(), { status: refusal.status });
  await expect(command.run(["thesis", "role", "demo", "viewer"])).rejects.toThrow(refusal.message);
});

test.each([
  [[]],
  [["thesis", "sell"]],
  [["thesis", "link"]],
  [["thesis", "link", "owner"]],
  [["thesis", "link", "viewer", "more"]],
  [["thesis", "link", "viewer", "--days", "0"]],
  [["thesis", "link", "viewer", "--days", "soon"]],
  [["thesis", "link", "viewer", "--uses", "1.5"]],
  [["thesis", "invite", "bob"]],
  [["thesis", "invite", "bob", "owner"]],
  [["thesis", "role", "bob", "viewer", "now"]],
  [["thesis", "remove"]],
  [["thesis", "revoke", "1", "2"]],
  [["thesis", "invite", "bob", "viewer", "--days", "3"]],
])("%j is wrong usage, and nothing is asked", async (args) => {
  await expect(command.run(args)).rejects.toThrow(UsageFault);
  expect(edge.asked).toEqual([]);
});
