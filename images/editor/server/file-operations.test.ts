/** Making, copying, deleting and restoring files while others have them open. */
import { link, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { anchorOf } from "../../../shared/editor/anchor.ts";
import { Deleted, Placed, Trash } from "../../../shared/editor/files.ts";
import { CLOSE } from "../../../shared/editor/sync.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

const post = async (what: string, body: object) => (await place.ask("POST", `/${what}`, body)).status;
const placed = async (what: string, body: object) =>
  Placed.parse(JSON.parse((await place.ask("POST", `/${what}`, body)).text)).path;
const remove = async (path: string) => Deleted.parse(JSON.parse((await place.ask("POST", "/delete", { path })).text));
const trash = async () => Trash.parse(JSON.parse((await place.ask("GET", "/trash")).text)).deleted;

test("move, create and reorder overwrote existing files; delete was final: create never overwrites, restore brings back", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  expect(await post("create", { path: "a.md" })).toBe(409);
  const { id } = await remove("a.md");
  await expect(place.read("a.md")).rejects.toThrow();
  expect(await placed("create", { path: "a.md" })).toBe("a.md");
  // Another one stands there by now: both are kept.
  expect(await post("restore", { id })).toBe(409);
  expect(await place.read("a.md")).toBe("");
  await remove("a.md");
  expect(await placed("restore", { id })).toBe("a.md");
  expect(await place.read("a.md")).toBe("one\n");
  expect(await post("restore", { id })).toBe(404);
});

test("of two who create the same file at once, one is refused", async () => {
  place = await Workplace.create({ "mrmd.md": "" });
  const path = "02-new/café [1].md";
  const answers = await Promise.all([post("create", { path }), post("create", { path })]);
  expect(answers.sort()).toEqual([200, 409]);
});

test("who has a deleted document open is told, and what they had typed is there when it is restored", async () => {
  place = await Workplace.create({ "sec/a.md": "one\n", "b.md": "two\n" });
  const [ann, bob] = [await place.browse("sec/a.md").synced(), await place.browse("b.md").synced()];
  ann.text.insert(0, "typed ");
  await ann.synced();
  const { id } = await remove("sec");
  await ann.until(() => ann.closedWith !== null);
  expect(ann.closedWith).toBe(CLOSE.notFound);
  expect(bob.closedWith).toBeNull();
  await place.killServer();
  await place.startServer();
  expect(await trash()).toMatchObject([{ id, path: "sec", by: "demo" }]);
  await placed("restore", { id });
  expect(await place.read("sec/a.md")).toBe("typed one\n");
  const back = await place.browse("sec/a.md").synced();
  expect(back.text.toString()).toBe("typed one\n");
  expect(await trash()).toEqual([]);
});

test("comments and history go into the trash with their document, and come back with it; one of its name begins anew", async () => {
  place = await Workplace.create({ "sec/a.md": "one two\n" });
  const ann = await place.browse("sec/a.md").synced();
  ann.text.insert(0, "typed ");
  await ann.synced();
  const comment = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
  const anchor = anchorOf(ann.text, { from: 0, to: 5 });
  const said = { do: "begin", path: "sec/a.md", comment, anchor, text: "Hm." };
  expect(await post("comments", said)).toBe(200);
  const { id } = await remove("sec");
  await placed("create", { path: "sec/a.md" });
  const other = await place.browse("sec/a.md").synced();
  expect(other.text.toString()).toBe("");
  expect(other.threads).toEqual([]);
  expect(other.greeting?.lineage).not.toBe(ann.greeting?.lineage);
  await remove("sec");
  await place.killServer();
  await place.startServer();
  await placed("restore", { id });
  const back = await place.browse("sec/a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  expect(back.text.toString()).toBe("typed one two\n");
  expect(back.threads).toMatchObject([{ id: comment, comments: [{ text: "Hm." }] }]);
  const { text } = await place.ask("GET", "/versions?path=sec/a.md");
  expect(JSON.parse(text).versions.length).toBeGreaterThan(0);
});

test("a copy stands behind its original and has what was typed until then", async () => {
  place = await Workplace.create({ "01-intro.md": "one\n", "02-sec/index.md": "sec\n", LICENSE: "free" });
  const ann = await place.browse("01-intro.md").synced();
  ann.text.insert(0, "typed ");
  await ann.synced();
  expect(await placed("duplicate", { path: "01-intro.md" })).toBe("01-intro-copy.md");
  expect(await placed("duplicate", { path: "01-intro.md" })).toBe("01-intro-copy-2.md");
  expect(await placed("duplicate", { path: "LICENSE" })).toBe("LICENSE-copy");
  expect(await placed("duplicate", { path: "02-sec" })).toBe("02-sec-copy");
  expect(await place.read("01-intro-copy.md")).toBe("typed one\n");
  expect(await place.read("02-sec-copy/index.md")).toBe("sec\n");
});

test("what an earlier server had begun to make or to delete counts for nothing", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const { id } = await remove("a.md");
  await placed("restore", { id });
  await place.killServer();
  const editor = join(place.root, "data", "editor");
  await mkdir(join(editor, "drafts", "half"));
  await mkdir(join(editor, "trash", (await readdir(join(editor, "trash")))[0] ?? "", id));
  await place.startServer();
  expect(await readdir(join(editor, "drafts"))).toEqual([]);
  expect(await trash()).toEqual([]);
  expect(await readdir(join(editor, "trash", (await readdir(join(editor, "trash")))[0] ?? ""))).toEqual([]);
  expect(await place.read("a.md")).toBe("one\n");
});

test("restoring goes on where an earlier server had given the file its name and no more", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const { id } = await remove("a.md");
  const trashed = join(place.root, "data", "editor", "trash");
  await link(join(trashed, (await readdir(trashed))[0] ?? "", id, "item"), place.file("a.md"));
  expect(await placed("restore", { id })).toBe("a.md");
  expect(await trash()).toEqual([]);
});

describe("refused is", () => {
  test.each([
    ["create", "../x.md", 400],
    ["create", ".git/x.md", 400],
    ["create", "a.md/x.md", 409],
    ["create", "out/x.md", 409],
    ["duplicate", "nowhere.md", 404],
    ["duplicate", "out/journal", 404],
    ["delete", "nowhere.md", 404],
    ["delete", "out", 404],
    ["delete", "mrmd.md", 400],
  ])("to %s %s", async (what, path, status) => {
    place = await Workplace.create({ "a.md": "one\n", "mrmd.md": "" });
    await symlink(join(place.root, "data", "editor"), place.file("out"));
    expect(await post(what, { path })).toBe(status);
  });

  test.each(["create", "duplicate", "delete", "restore"])("to %s for who may not write", async (what) => {
    place = await Workplace.create({ "a.md": "one\n" });
    expect((await place.ask("POST", `/${what}`, { path: "a.md" }, "runner")).status).toBe(403);
    expect((await place.ask("GET", "/trash", undefined, "runner")).status).toBe(403);
    expect(await place.read("a.md")).toBe("one\n");
  });
});
