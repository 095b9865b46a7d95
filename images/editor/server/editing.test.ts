import { appendFile, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { messageYjsSyncStep2, messageYjsUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { CLOSE, TEXT } from "../../../shared/editor/sync.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

const open = async (files: Record<string, string | Uint8Array> = { "a.md": "one\n" }) => {
  place = await Workplace.create(files);
};

describe("an edit", () => {
  test("reaches everybody else, and the file within a second", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    const bob = await place.browse("a.md").synced();
    ann.text.insert(4, "two\n");
    await bob.until(() => bob.text.toString() === "one\ntwo\n");
    await place.eventually("the file has it", async () => (await place.read("a.md")) === "one\ntwo\n", 1_500);
    await place.eventually("the daemon was told", () => place.daemon.changed.includes("a.md"));
  });

  test("that was acknowledged survives kill -9, in the file and for a client that comes back", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    for (let i = 0; i < 200; i++) ann.text.insert(ann.text.length, `line ${i}\n`);
    await ann.synced();
    await place.killServer();
    const written = ann.text.toString();
    await place.startServer();
    await place.eventually("the file has it all", async () => (await place.read("a.md")) === written);
    const lineage = ann.greeting?.lineage ?? "";
    const back = await place.browse("a.md", { doc: ann.doc, lineage }).synced();
    expect(back.text.toString()).toBe(written);
    const fresh = await place.browse("a.md").synced();
    expect(fresh.text.toString()).toBe(written);
  });

  test("that was made while the server was away comes in once", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    await place.killServer();
    ann.text.insert(0, "offline\n");
    await place.startServer();
    const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
    expect(back.text.toString()).toBe("offline\none\n");
    await place.eventually("the file has it", async () => (await place.read("a.md")) === "offline\none\n");
  });

  test("of a megabyte at once is taken", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "x".repeat(1024 * 1024));
    await ann.synced();
    expect(ann.closedWith).toBeNull();
    await place.eventually("the file has it", async () => (await place.read("a.md")).length > 1024 * 1024);
  });

  test("that was torn in the journal by a crash is forgotten, and what came before it stays", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "kept\n");
    await ann.synced();
    await place.eventually("the file has it", async () => (await place.read("a.md")).startsWith("kept"));
    await place.killServer();
    const journals = join(place.root, "data", "editor", "journal");
    const [folder = ""] = await readdir(journals);
    await appendFile(join(journals, folder, "updates-1"), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]));
    await place.startServer();
    expect((await place.browse("a.md").synced()).text.toString()).toBe("kept\none\n");
  });
});

describe("a change of the file from outside", () => {
  test("appears in the open document", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    await place.write("a.md", "zero\none\n");
    await ann.until(() => ann.text.toString() === "zero\none\n");
  });

  test("joins what is being typed", async () => {
    await open({ "a.md": "one\n\ntwo\n\nthree\n" });
    const ann = await place.browse("a.md").synced();
    ann.text.insert(3, " by Ann");
    await place.write("a.md", "one\n\ntwo\n\nthree by git\n");
    await ann.until(() => ann.text.toString() === "one by Ann\n\ntwo\n\nthree by git\n");
    await place.eventually("the file has both", async () => (await place.read("a.md")).includes("by Ann"));
  });

  test("made while the server was away is merged, not doubled", async () => {
    await open({ "a.md": "one\n\ntwo\n" });
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "ann\n");
    await ann.synced();
    await place.killServer();
    await place.write("a.md", "one\n\ntwo\ngit\n");
    await place.startServer();
    const back = await place.browse("a.md", { doc: ann.doc, lineage: ann.greeting?.lineage ?? "" }).synced();
    expect(back.text.toString()).toBe("ann\none\n\ntwo\ngit\n");
  });

  test("a file that was moved away is not brought back by what is typed", async () => {
    await open();
    const ann = await place.browse("a.md").synced();
    await rename(place.file("a.md"), place.file("b.md"));
    ann.text.insert(0, "late ");
    await ann.until(() => ann.closedWith !== null);
    expect(ann.closedWith).toBe(CLOSE.notFound);
    await expect(place.read("a.md")).rejects.toThrow();
    expect(await place.read("b.md")).toBe("one\n");
  });
});

describe("a viewer", () => {
  test("sees everything and changes nothing, by whatever message", async () => {
    await open();
    const eve = await place.browse("a.md", { role: "viewer" }).synced();
    expect(eve.text.toString()).toBe("one\n");
    const forged = new Y.Doc();
    Y.applyUpdate(forged, Y.encodeStateAsUpdate(eve.doc));
    forged.getText(TEXT).insert(0, "eve was here\n");
    for (const kind of [messageYjsUpdate, messageYjsSyncStep2]) eve.send(kind, Y.encodeStateAsUpdate(forged));
    const ann = await place.browse("a.md").synced();
    ann.text.insert(0, "ann ");
    await eve.until(() => eve.text.toString() === "ann one\n");
    await place.eventually("the file is written", async () => (await place.read("a.md")) === "ann one\n");
    expect(eve.saved).toBe(0);
  });

  test("may not run a cell", async () => {
    await open({ "a.md": "```python\n1\n```\n" });
    expect((await place.ask("POST", "/run", { path: "a.md" }, "viewer")).status).toBe(403);
    expect(place.daemon.ran).toEqual([]);
  });
});

describe("opening", () => {
  test.each(["nothing.md", "../a.md", "/etc/passwd", ".git/config", "folder", ""])(
    "%j creates nothing",
    async (path) => {
      await open({ "a.md": "one\n", "folder/b.md": "x" });
      const browser = place.browse(path);
      await browser.until(() => browser.closedWith !== null);
      expect(browser.closedWith).toBe(CLOSE.notFound);
      expect((await readdir(place.file("."))).sort()).toEqual(["a.md", "folder"]);
    },
  );

  test("a link is not followed, whatever it points to", async () => {
    await open();
    await symlink("/etc/hostname", place.file("link.md"));
    const browser = place.browse("link.md");
    await browser.until(() => browser.closedWith !== null);
    expect(browser.closedWith).toBe(CLOSE.notFound);
  });

  test("bytes that are no text are refused and stay as they are", async () => {
    await open({ "a.md": new Uint8Array([0xff, 0xfe, 0x00]) });
    const browser = place.browse("a.md");
    await browser.until(() => browser.closedWith !== null);
    expect(browser.closedWith).toBe(CLOSE.notFound);
  });

  test.each(["ä ö/日本 [x] (1).md", "_drafts/x.md"])("%s is a name like any other", async (path) => {
    await open({ [path]: "one\n", "drafts/x.md": "two\n" });
    const ann = await place.browse(path).synced();
    ann.text.insert(0, "typed ");
    await place.eventually("the file has it", async () => (await place.read(path)) === "typed one\n");
    expect((await place.browse("drafts/x.md").synced()).text.toString()).toBe("two\n");
  });

  test("with another lineage is refused", async () => {
    await open();
    const ann = place.browse("a.md", { lineage: "7d0e9f9a-3c1d-4b7e-9a55-0f1f6f1d2c3b" });
    await ann.until(() => ann.closedWith !== null);
    expect(ann.closedWith).toBe(CLOSE.otherLineage);
  });

  test("Windows line ends and a byte order mark stay in the file", async () => {
    await open({ "a.md": "\ufeffone\r\ntwo\r\n" });
    const ann = await place.browse("a.md").synced();
    expect(ann.text.toString()).toBe("one\ntwo\n");
    ann.text.insert(4, "new\n");
    await place.eventually("the file has it", async () => (await place.read("a.md")) === "\ufeffone\r\nnew\r\ntwo\r\n");
  });
});

test("nonsense on the socket closes it and harms nobody", async () => {
  await open();
  const ann = await place.browse("a.md").synced();
  const eve = await place.browse("a.md").synced();
  eve.send(messageYjsUpdate, new Uint8Array([1, 2, 3, 250, 250]));
  await eve.until(() => eve.closedWith !== null);
  expect(eve.closedWith).toBe(CLOSE.badMessage);
  ann.text.insert(0, "fine ");
  await ann.synced();
  expect(ann.closedWith).toBeNull();
});

test("an orderly end writes everything and leaves nothing to recover", async () => {
  await open();
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "last words ");
  await ann.synced();
  await place.killServer("SIGTERM");
  expect(await place.read("a.md")).toBe("last words one\n");
  await rm(place.file("a.md"));
  await place.startServer();
  await expect(place.read("a.md")).rejects.toThrow();
});
