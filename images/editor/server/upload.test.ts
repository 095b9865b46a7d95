/** Files that are brought in while others have the project open. */
import { chmod, link, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { MAX_FILE_BYTES } from "../../../shared/daemon/limits.ts";
import { Placed, Trash } from "../../../shared/editor/files.ts";
import type { IfTaken } from "../../../shared/editor/transfer.ts";
import { ROLES } from "../../../shared/roles.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

const door = (path: string, taken?: IfTaken) =>
  `/upload?path=${encodeURIComponent(path)}${taken === undefined ? "" : `&taken=${taken}`}`;
const bytes = (content: string) => new TextEncoder().encode(content);
const upload = (path: string, content: string, taken?: IfTaken) => place.ask("PUT", door(path, taken), bytes(content));
const placed = async (path: string, content: string, taken?: IfTaken) =>
  Placed.parse(JSON.parse((await upload(path, content, taken)).text)).path;
const trash = async () => Trash.parse(JSON.parse((await place.ask("GET", "/trash")).text)).deleted;
const drafts = () => readdir(join(place.root, "data", "editor", "drafts"));

test("a file is there as it was sent, with the folders above it, and the platform is told", async () => {
  place = await Workplace.create({ "mrmd.md": "" });
  const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256);
  const path = "02-daten/größe [1] 論文.bin";
  const answer = await place.ask("PUT", door(path), content);
  expect(Placed.parse(JSON.parse(answer.text)).path).toBe(path);
  expect((await place.ask("GET", "/tree")).text).toContain(JSON.stringify(path));
  expect(new Uint8Array(await readFile(place.file(path)))).toEqual(content);
  expect(await placed("empty.txt", "")).toBe("empty.txt");
  await place.eventually("the daemon hears of it", () => place.daemon.changed.includes(path));
  expect(await drafts()).toEqual([]);
});

test("a name that is taken is refused, and what stands there stays", async () => {
  place = await Workplace.create({ "a.md": "one\n", "sec/b.md": "b\n" });
  for (const path of ["a.md", "sec"]) {
    const { status, text } = await upload(path, "two\n");
    expect([status, text]).toEqual([409, expect.stringContaining(`there is a ${path} already`)]);
  }
  expect(await place.read("a.md")).toBe("one\n");
  expect(await drafts()).toEqual([]);
});

test("of two who bring the same name at once one is refused, or both stay", async () => {
  place = await Workplace.create({ "mrmd.md": "" });
  const answers = await Promise.all([upload("a.md", "one"), upload("a.md", "two")]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const both = await Promise.all([placed("b.md", "one", "keep-both"), placed("b.md", "two", "keep-both")]);
  expect(both.sort()).toEqual(["b-copy.md", "b.md"]);
  expect([await place.read("b.md"), await place.read("b-copy.md")].sort()).toEqual(["one", "two"]);
});

test("what is replaced is in the trash, by whoever did it, and comes back", async () => {
  place = await Workplace.create({ "a.bin": "one" });
  await Promise.all(["two", "three", "four"].map((content) => placed("a.bin", content, "replace")));
  const entries = await trash();
  expect(entries.map(({ path, by }) => [path, by])).toEqual(Array(3).fill(["a.bin", "demo"]));
  const last = await place.read("a.bin");
  const kept: string[] = [];
  for (const { id } of entries) {
    await place.ask("POST", "/delete", { path: "a.bin" });
    expect((await place.ask("POST", "/restore", { id })).status).toBe(200);
    kept.push(await place.read("a.bin"));
  }
  expect([...kept, last].sort()).toEqual(["four", "one", "three", "two"]);
});

test("who has the document open that is replaced goes on in the new one", async () => {
  place = await Workplace.create({ "a.md": "one\n\nThe middle.\n" });
  const ann = await place.browse("a.md").synced();
  ann.text.insert(0, "typed ");
  await ann.synced();
  expect(await placed("a.md", "one\n\nThe middle.\n\nAnd more.\n", "replace")).toBe("a.md");
  // Not "typed one": that was on the disk by then, and is replaced.
  await ann.until(() => ann.text.toString() === "one\n\nThe middle.\n\nAnd more.\n");
  ann.text.insert(0, "# ");
  await ann.synced();
  await place.eventually("it is saved", async () => (await place.read("a.md")).startsWith("# one"));
  expect(ann.closedWith).toBeNull();
  const [entry] = await trash();
  await place.ask("POST", "/delete", { path: "a.md" });
  await place.ask("POST", "/restore", { id: entry?.id });
  expect(await place.read("a.md")).toBe("typed one\n\nThe middle.\n");
});

test("a script that is replaced can be run as before", async () => {
  place = await Workplace.create({ "go.sh": "" });
  await chmod(place.file("go.sh"), 0o755);
  await placed("go.sh", "echo hi\n", "replace");
  expect((await stat(place.file("go.sh"))).mode & 0o777).toBe(0o755);
});

describe("nothing half-done stays", () => {
  /** Resolves when the server has the first part of it. */
  async function half(path: string) {
    const sent = place.begin("PUT", door(path));
    sent.setHeader("content-length", 2_000_000);
    sent.write(new Uint8Array(1_000_000));
    const draft = async () => {
      const [name] = await drafts();
      return name !== undefined && (await stat(join(place.root, "data", "editor", "drafts", name))).size > 0;
    };
    await place.eventually("a part of it is there", draft);
    return sent;
  }

  test("when its sender goes away in the middle", async () => {
    place = await Workplace.create({ "mrmd.md": "" });
    (await half("big/a.bin")).destroy();
    await place.eventually("it is thrown away", async () => (await drafts()).length === 0);
    await expect(stat(place.file("big/a.bin"))).rejects.toThrow("ENOENT");
  });

  test("when the server dies in the middle", async () => {
    place = await Workplace.create({ "mrmd.md": "" });
    await half("big/a.bin");
    await place.killServer();
    expect(await drafts()).toHaveLength(1);
    await place.startServer();
    expect(await drafts()).toEqual([]);
    await expect(stat(place.file("big/a.bin"))).rejects.toThrow("ENOENT");
    expect(await placed("big/a.bin", "whole")).toBe("big/a.bin");
  });

  test("when the server dies between keeping the old file and placing the new one", async () => {
    place = await Workplace.create({ "a.md": "one\n" });
    await placed("a.md", "two\n", "replace");
    const [entry] = await trash();
    await place.killServer();
    const folder = join(place.root, "data", "editor", "trash");
    const item = join(folder, (await readdir(folder))[0] ?? "", entry?.id ?? "", "item");
    await rm(place.file("a.md"));
    await link(item, place.file("a.md"));
    await place.startServer();
    expect(await trash()).toEqual([]);
    expect(await place.read("a.md")).toBe("one\n");
  });
});

describe("refused is", () => {
  test.each([
    ["../x.md", 400, "segment"],
    ["/etc/passwd", 400, "absolute"],
    [".git/config", 400, "for tools"],
    ["sec/.env", 400, "for tools"],
    ["node_modules/x/index.js", 400, "for tools"],
    ["a.md/x.md", 409, "no folder"],
    ["out/x.md", 409, "no folder"],
  ])("%s, as %i", async (path, status, why) => {
    place = await Workplace.create({ "a.md": "one\n" });
    await symlink(join(place.root, "data", "editor"), place.file("out"));
    const before = await readdir(join(place.root, "data", "editor"));
    for (const taken of ["refuse", "replace", "keep-both"] as const) {
      const answer = await upload(path, "x", taken);
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(why)]);
    }
    expect(await readdir(join(place.root, "data", "editor"))).toEqual(before);
    expect(await drafts()).toEqual([]);
  });

  test("to take the place of a folder or a link", async () => {
    place = await Workplace.create({ "a.md": "one\n" });
    await mkdir(place.file("sec"));
    await symlink(place.file("a.md"), place.file("out.md"));
    for (const path of ["sec", "out.md"]) expect((await upload(path, "x", "replace")).status).toBe(409);
    expect(await placed("out.md", "x", "keep-both")).toBe("out-copy.md");
    expect(await place.read("a.md")).toBe("one\n");
  });

  test("more than a file may have, and its sender is told", async () => {
    place = await Workplace.create({ "mrmd.md": "" });
    const { status, text } = await place.ask("PUT", door("a.bin"), new Uint8Array(MAX_FILE_BYTES + 1));
    expect([status, text]).toEqual([413, expect.stringContaining("a file may have")]);
    expect(await drafts()).toEqual([]);
    expect((await place.ask("PUT", door("a.bin"), new Uint8Array(MAX_FILE_BYTES))).status).toBe(200);
  });

  test.each(ROLES)("whoever may not write: of a %s", async (role) => {
    place = await Workplace.create({ "mrmd.md": "" });
    const mayWrite = ["editor", "admin", "owner"].includes(role);
    expect((await place.ask("PUT", door("a.md"), bytes("x"), role)).status).toBe(mayWrite ? 200 : 403);
    expect(await readdir(place.file(""))).toEqual(mayWrite ? ["a.md", "mrmd.md"] : ["mrmd.md"]);
  });
});
