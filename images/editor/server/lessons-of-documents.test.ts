/** How comparable systems lost documents: one test a line of the lessons, as far as the editor server is concerned. */
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { messageYjsSyncStep2 } from "y-protocols/sync";
import * as Y from "yjs";
import { CLOSE, TEXT } from "../../../shared/editor/sync.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

/** What the container's entry point tells Node. */
async function containerOptions(): Promise<string[]> {
  const file = await readFile(join(import.meta.dirname, "..", "Containerfile"), "utf8");
  const [, entry = "[]"] = /^ENTRYPOINT (.*)$/m.exec(file) ?? [];
  return JSON.parse(entry).filter((word: string) => word.startsWith("--"));
}

const journals = () => join(place.root, "data", "editor", "journal");

test("the Y.Doc was rebuilt from the file while clients held the old one: everything stood there twice", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const ann = await place.browse("a.md").synced();
  ann.text.insert(4, "two\n");
  await ann.synced();
  await place.killServer("SIGTERM");
  await place.write("a.md", "zero\none\ntwo\n");
  await place.startServer();
  const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  await back.until(() => back.text.toString() === "zero\none\ntwo\n");
  expect(await place.read("a.md")).toBe("zero\none\ntwo\n");
});

test("compaction did the same every ten minutes", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const ann = await place.browse("a.md").synced();
  for (let i = 0; i < 40; i++) {
    ann.text.insert(0, "x".repeat(64 * 1024));
    await ann.synced();
    ann.text.delete(0, 64 * 1024);
  }
  ann.text.insert(0, "typed ");
  await ann.synced();
  const [folder = ""] = await readdir(journals());
  expect(await readdir(join(journals(), folder))).not.toContain("updates-1");
  await place.killServer();
  await place.startServer();
  const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  expect(back.text.toString()).toBe("typed one\n");
});

test("an outside change made the document equal to the file and deleted what was being typed", async () => {
  place = await Workplace.create({ "a.md": "one\n\ntwo\n" });
  const ann = await place.browse("a.md").synced();
  ann.text.insert(3, " typed");
  await place.write("a.md", "one\n\ntwo\nthree\n");
  await ann.until(() => ann.text.toString() === "one typed\n\ntwo\nthree\n");
});

test("a program that wrote back an older text undid what was saved since it had read it", async () => {
  place = await Workplace.create({ "a.md": "one\n\ntwo\n" });
  const read = await place.read("a.md");
  const ann = await place.browse("a.md").synced();
  ann.text.insert(3, " typed");
  await place.eventually("it is saved", async () => (await place.read("a.md")).includes("typed"));
  await place.write("a.md", `${read}three\n`);
  await ann.until(() => ann.text.toString() === "one typed\n\ntwo\nthree\n");
  await place.eventually("the file has both", async () => (await place.read("a.md")) === "one typed\n\ntwo\nthree\n");
});

test("a read-only client wrote anyway: the second step of the sync handshake carries edits", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const eve = await place.browse("a.md", { role: "viewer" }).synced();
  const forged = new Y.Doc();
  forged.getText(TEXT).insert(0, "eve was here\n");
  eve.send(messageYjsSyncStep2, Y.encodeStateAsUpdate(forged));
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "ann ");
  await eve.until(() => eve.text.toString() === "ann one\n");
});

test("renaming on disk and editing brought the old file back", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const ann = await place.browse("a.md").synced();
  await rename(place.file("a.md"), place.file("b.md"));
  ann.text.insert(0, "late ");
  await ann.until(() => ann.closedWith !== null);
  await expect(place.read("a.md")).rejects.toThrow();
});

test.each(["nothing.md", "folder/nothing.md", "folder"])("opening a name created an empty file: %s", async (path) => {
  place = await Workplace.create({ "a.md": "one\n", "folder/b.md": "two\n" });
  const ann = place.browse(path);
  await ann.until(() => ann.closedWith !== null);
  expect(ann.closedWith).toBe(CLOSE.notFound);
  expect((await readdir(place.file("."), { recursive: true })).sort()).toEqual(["a.md", "folder", "folder/b.md"]);
  expect(await readdir(journals())).toEqual([]);
});

test("two paths shared one state file (`_drafts/x` and `drafts/x`)", async () => {
  const files = { "_drafts/x.md": "one\n", "drafts/x.md": "two\n", "drafts_x.md": "three\n", "Drafts/x.md": "four\n" };
  place = await Workplace.create(files);
  const everybody = await Promise.all(Object.keys(files).map((path) => place.browse(path).synced()));
  for (const [i, browser] of everybody.entries()) browser.text.insert(0, `by ${i} `);
  await Promise.all(everybody.map((browser) => browser.synced()));
  await place.killServer();
  await place.startServer();
  const wanted = Object.values(files).map((text, i) => `by ${i} ${text}`);
  const opened = await Promise.all(Object.keys(files).map((path) => place.browse(path).synced()));
  expect(opened.map(({ text }) => text.toString())).toEqual(wanted);
  await place.killServer("SIGTERM");
  expect(await Promise.all(Object.keys(files).map((path) => place.read(path)))).toEqual(wanted);
  expect(await readdir(journals())).toHaveLength(wanted.length);
});

test("names with accents, spaces, brackets or CJK were refused", async () => {
  const paths = [
    "é à.md",
    "e\u0301 nfd.md",
    "a b  c.md",
    "[x] (1) {2}.md",
    "日本語/第一章.md",
    "👩‍🔬.md",
    "100% & more?.md",
    "a#b+c.md",
  ];
  place = await Workplace.create(Object.fromEntries(paths.map((path) => [path, "one\n"])));
  await Promise.all(
    paths.map(async (path) => {
      const ann = await place.browse(path).synced();
      ann.text.insert(0, "typed ");
      await place.eventually("the file has it", async () => (await place.read(path)) === "typed one\n");
      await place.write(path, "typed one\nfrom outside\n");
      await ann.until(() => ann.text.toString() === "typed one\nfrom outside\n");
      expect((await place.ask("GET", `/versions?path=${encodeURIComponent(path)}`)).status).toBe(200);
    }),
  );
});

test("a server that was out of memory went on accepting edits and saved nothing for hours; nobody was told", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const ann = await place.browse("a.md").synced();
  // It takes what the socket holds, and does nothing with it.
  process.kill(place.pid, "SIGSTOP");
  const { saved } = ann;
  ann.text.insert(0, "typed ");
  expect(await Promise.race([ann.synced(), wait(500, "not saved yet")])).toBe("not saved yet");
  expect(ann.saved).toBe(saved);
  process.kill(place.pid, "SIGCONT");
  await ann.synced();
  ann.text.insert(0, "lost? ");
  await place.killServer();
  await ann.until(() => ann.closedWith !== null);
  await place.startServer();
  const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  expect(back.text.toString()).toBe("lost? typed one\n");
});

test("a server that was out of memory: two people who type in two documents as large as there are don't fill its heap", async () => {
  const large = "a line with one letter that takes two bytes: ā\n".repeat(90_000);
  place = await Workplace.create({ "a.md": large, "b.md": large });
  await place.killServer("SIGTERM");
  await place.startServer(await containerOptions());
  const authors = await Promise.all(["a.md", "b.md"].map((path) => place.browse(path).synced()));
  const saves = () => ["a.md", "b.md"].map((path) => place.daemon.changed.filter((each) => each === path).length);
  await place.eventually(
    "both were saved so often",
    async () => {
      for (const author of authors) author.text.insert(author.text.length, "typed ");
      await Promise.all(authors.map((author) => author.synced()));
      expect(authors.map(({ closedWith }) => closedWith)).toEqual([null, null]);
      return Math.min(...saves()) >= 12;
    },
    25_000,
  );
});

test("an unload while a save was pending, and one timer shared by two documents", async () => {
  place = await Workplace.create({ "a.md": "one\n", "b.md": "two\n" });
  const [ann, bob] = [await place.browse("a.md").synced(), await place.browse("b.md").synced()];
  ann.text.insert(0, "ann ");
  bob.text.insert(0, "bob ");
  await Promise.all([ann.synced(), bob.synced()]);
  for (const browser of [ann, bob]) browser.close();
  await place.killServer("SIGTERM");
  expect([await place.read("a.md"), await place.read("b.md")]).toEqual(["ann one\n", "bob two\n"]);
});

test("a load error was taken for “no document”, and the next save wrote the empty one", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  await (await place.browse("a.md").synced()).close();
  await place.killServer("SIGTERM");
  const [folder = ""] = await readdir(journals());
  await writeFile(join(journals(), folder, "document.json"), "{");
  await place.startServer();
  const ann = place.browse("a.md");
  await ann.until(() => ann.closedWith !== null);
  expect(ann.greeting).toBeNull();
  expect(await place.read("a.md")).toBe("one\n");
});

test("a 1 MB paste closed the socket for ever", async () => {
  place = await Workplace.create({ "a.md": "one\n" });
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "x".repeat(1024 * 1024));
  await ann.synced();
  expect(ann.closedWith).toBeNull();
  const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
  expect(back.closedWith).not.toBe(CLOSE.tooLarge);
});
