/** Who changed a document, as the editor server tells it over its doors. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Author, VersionList, VersionText } from "../../../shared/editor/history.ts";
import { may, ROLES, type Role } from "../../../shared/roles.ts";
import { ScriptedKernel } from "./testing/scripted-kernel.ts";
import { Workplace } from "./testing/workplace.ts";

const CELL = "```python\nsay once\n```\n";

let place: Workplace;
beforeEach(async () => {
  place = await Workplace.create({ "a.md": CELL }, new ScriptedKernel().run);
});
afterEach(() => place.dispose());

const list = async () => VersionList.parse(JSON.parse((await place.ask("GET", "/versions?path=a.md")).text));
const keep = (role: Role = "editor") => place.ask("POST", "/keep", { path: "a.md" }, role);
const read = (version: number, role: Role = "viewer") =>
  place.ask("GET", `/version?path=a.md&version=${version}`, undefined, role);
const kinds = (authors: readonly Author[]) => authors.map(({ kind }) => kind);

test("people, programs and cells are told apart, and each version can be read", async () => {
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "By Ann.\n\n");
  await ann.synced();
  await keep();
  await place.eventually("the file has it", async () => (await place.read("a.md")).startsWith("By Ann."));
  await place.write("a.md", `By git.\n\n${await place.read("a.md")}`);
  await ann.until(() => ann.text.toString().startsWith("By git."));
  await keep();
  await place.run("a.md");
  await keep();
  const { versions, current } = await list();
  expect(versions.map(({ authors }) => kinds(authors))).toEqual([[], ["person"], ["program"], ["cell"]]);
  expect(versions[1]?.authors[0]).toMatchObject({ handle: "demo", name: "Demo Döe" });
  expect(current).toBeNull();
  const texts = await Promise.all(
    versions.map(async ({ id }) => VersionText.parse(JSON.parse((await read(id)).text)).text),
  );
  expect(texts.slice(0, 3)).toEqual([CELL, `By Ann.\n\n${CELL}`, `By git.\n\nBy Ann.\n\n${CELL}`]);
  expect(texts[3]).toContain("```output");
});

test("a version is there after kill -9, and what was being changed is one, too", async () => {
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "kept\n");
  await ann.synced();
  await keep();
  ann.text.insert(0, "begun\n");
  await ann.synced();
  await place.killServer();
  await place.startServer();
  const { versions } = await list();
  expect(versions.map(({ authors }) => kinds(authors))).toEqual([[], ["person"], ["person"]]);
  expect(JSON.parse((await read(3)).text)).toEqual({ text: `begun\nkept\n${CELL}` });
});

test.each(ROLES)("a %s reads versions, and makes one if they may write", async (role) => {
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "one\n");
  await ann.synced();
  expect((await keep(role)).status).toBe(may(role, "write") ? 200 : 403);
  expect((await place.ask("GET", "/versions?path=a.md", undefined, role)).status).toBe(200);
  await keep();
  expect((await read(1, role)).status).toBe(200);
});

test.each([
  "/versions",
  "/versions?path=none.md",
  "/version?path=a.md",
  "/version?path=a.md&version=x",
  "/version?path=a.md&version=9",
])("GET %s is refused", async (address) => {
  expect([400, 404]).toContain((await place.ask("GET", address)).status);
});
