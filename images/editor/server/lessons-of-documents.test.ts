/** How comparable systems lost documents: one test a line of the lessons, as far as the editor server is concerned. */
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { messageYjsSyncStep2 } from "y-protocols/sync";
import * as Y from "yjs";
import { CLOSE, TEXT } from "../../../shared/editor/sync.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

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
