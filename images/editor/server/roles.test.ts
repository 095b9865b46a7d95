/** Each role at each message and request of the editor server (design.md §5): the edge has checked the role once, here it counts each time. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { messageYjsSyncStep2, messageYjsUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { drawingOf } from "../../../shared/document/diagrams.ts";
import { TEXT } from "../../../shared/editor/sync.ts";
import { may, ROLES, type Role } from "../../../shared/roles.ts";
import { ScriptedKernel } from "./testing/scripted-kernel.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
beforeAll(async () => {
  const files = Object.fromEntries(ROLES.map((role) => [`${role}.md`, "```python\nsay once\n```\n"]));
  place = await Workplace.create(files, new ScriptedKernel().run);
});
afterAll(() => place.dispose());

test.each(ROLES)("a %s is told what they may do, and reads", async (role) => {
  const reader = await place.browse(`${role}.md`, { role }).synced();
  expect(reader.text.toString()).toContain("say once");
  expect(reader.greeting).toMatchObject({ canWrite: may(role, "write"), canRun: may(role, "run") });
  expect((await place.ask("GET", "/tree", undefined, role)).status).toBe(200);
  expect((await place.ask("GET", "/people", undefined, role)).status).toBe(200);
  expect((await place.ask("GET", "/cells", undefined, role)).status).toBe(200);
});

test.each(
  ROLES.flatMap((role) =>
    [messageYjsUpdate, messageYjsSyncStep2].map((kind) => [role, kind, may(role, "write")] as const),
  ),
)("what a %s writes in a sync message of kind %i is taken: %s", async (role, kind, isTaken) => {
  const path = `${role}.md`;
  const author = await place.browse(path, { role }).synced();
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(author.doc));
  doc.getText(TEXT).insert(0, `by ${role}, ${kind}\n`);
  author.send(kind, Y.encodeStateAsUpdate(doc));
  // What somebody else writes after it comes back to the author: by then theirs was taken or refused.
  const other = await place.browse(path).synced();
  other.text.insert(other.text.length, `after ${kind}\n`);
  await author.until(() => author.text.toString().includes(`after ${kind}\n`));
  const seen = await place.browse(path, { role: "viewer" }).synced();
  expect(seen.text.toString().includes(`by ${role}, ${kind}`)).toBe(isTaken);
});

test.each(
  ROLES.flatMap((role) =>
    ["run", "interrupt", "cancel", "restart"].map((what) => [role, what, may(role, "run")] as const),
  ),
)("a %s may %s: %s", async (role, what, isAllowed) => {
  const before = place.daemon.ran.length;
  const { status } = await place.ask("POST", `/${what}`, { path: `${role}.md` }, role);
  expect(status === 403).toBe(!isAllowed);
  expect(place.daemon.ran.length > before).toBe(what === "run" && isAllowed);
});

test.each(ROLES)("a %s searches, and replaces or is refused", async (role) => {
  const query = { words: "nowhere", isExpression: false, matchesCase: false, wholeWords: false, replacement: "x" };
  const search = `/search?query=${encodeURIComponent(JSON.stringify(query))}`;
  expect((await place.ask("GET", search, undefined, role)).status).toBe(200);
  const allowed = may(role, "write") ? 200 : 403;
  expect((await place.ask("POST", "/replace", { query, documents: [] }, role)).status).toBe(allowed);
  expect((await place.ask("POST", "/undo-replace", { documents: [] }, role)).status).toBe(allowed);
});

test.each(ROLES)("a %s keeps a drawing of a diagram, or is refused", async (role) => {
  const drawing = { text: `graph TD; ${role}`, svg: '<svg xmlns="http://www.w3.org/2000/svg"></svg>' };
  const { status } = await place.ask("PUT", "/drawing", drawing, role);
  expect(status).toBe(may(role, "write") ? 200 : 403);
  expect(existsSync(place.file(drawingOf(drawing.text)))).toBe(may(role, "write"));
});

test("what is no drawing is refused", async () => {
  const { status, text } = await place.ask("PUT", "/drawing", { text: "graph TD; A", svg: "<html></html>" });
  expect(status).toBe(400);
  expect(text).toContain("a drawing is an <svg> element");
});

test("nobody comes in without a role that there is", async () => {
  const browser = place.browse("viewer.md", { role: "guest" as Role });
  await browser.until(() => browser.closedWith !== null);
  expect(browser.greeting).toBeNull();
  for (const door of ["/tree", "/cells"])
    expect((await place.ask("GET", door, undefined, "guest" as Role)).status).toBe(401);
});
