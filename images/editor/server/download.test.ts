/** A project, or a part of it, as a zip; read by a program that knows nothing of the one that wrote it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { ROLES } from "../../../shared/roles.ts";
import { Workplace } from "./testing/workplace.ts";

let place: Workplace;
afterEach(() => place.dispose());

/** Checks all of it, and lists what is in it: name, first bytes, whether it is compressed, and the bits of its flags. */
const PYTHON = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps({e.filename: [z.open(e).read(64).decode("latin-1"), e.compress_type, e.flag_bits, e.external_attr >> 16, e.file_size] for e in z.infolist()}))
`;

type Entry = [start: string, method: number, flags: number, mode: number, bytes: number];

async function unzip(content: Uint8Array): Promise<Record<string, Entry>> {
  const folder = await mkdtemp(join(tmpdir(), "unzip-"));
  try {
    const file = join(folder, "a.zip");
    await writeFile(file, content);
    const { stdout } = await promisify(execFile)("python3", ["-c", PYTHON, file], { maxBuffer: 1e9 });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const zip = (path?: string) => place.ask("GET", path === undefined ? "/zip" : `/zip?path=${encodeURIComponent(path)}`);

test("has everything that is the author's, with what was typed until now, and nothing of tools", async () => {
  place = await Workplace.create({
    "mrmd.md": '```yaml config\nname: "Größe: 1/2"\n```\n',
    "01-intro.md": "one\n",
    "_drafts/論文 [1].md": "draft\n",
    "_assets/plot.png": Uint8Array.of(0x89, 0x50),
    "long.txt": "as long as this text ".repeat(100),
    "empty.txt": "",
    ".git/config": "secret",
    ".mrmd/state": "secret",
    ".env": "secret",
    "node_modules/x/index.js": "tool",
    "lib/__pycache__/x.pyc": "tool",
  });
  const ann = await place.browse("01-intro.md").synced();
  ann.text.insert(0, "typed ");
  await ann.synced();
  const { status, headers, bytes } = await zip();
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/zip");
  expect(headers["content-disposition"]).toBe(
    `attachment; filename="Gro_e- 1-2.zip"; filename*=UTF-8''Gr%C3%B6%C3%9Fe-%201-2.zip`,
  );
  const entries = await unzip(bytes);
  expect(Object.keys(entries).sort()).toEqual([
    "Größe- 1-2/01-intro.md",
    "Größe- 1-2/_assets/plot.png",
    "Größe- 1-2/_drafts/論文 [1].md",
    "Größe- 1-2/empty.txt",
    "Größe- 1-2/long.txt",
    "Größe- 1-2/mrmd.md",
  ]);
  expect(entries["Größe- 1-2/01-intro.md"]?.[0]).toBe("typed one\n");
  // Bit 11: the name is UTF-8.
  for (const [, , flags] of Object.values(entries)) expect(flags & 0x800).toBe(0x800);
  // Text is deflated, a picture is not once more.
  expect([entries["Größe- 1-2/long.txt"]?.[1], entries["Größe- 1-2/_assets/plot.png"]?.[1]]).toEqual([8, 0]);
});

test("of a folder stands in that folder, of a file is the file", async () => {
  place = await Workplace.create({ "01-a/02-b/c.md": "c\n", "01-a/02-b/d/e.md": "e\n", "01-a/x.md": "x\n" });
  const folder = await zip("01-a/02-b");
  expect(Object.keys(await unzip(folder.bytes)).sort()).toEqual(["02-b/c.md", "02-b/d/e.md"]);
  expect(folder.headers["content-disposition"]).toContain('filename="02-b.zip"');
  expect(Object.keys(await unzip((await zip("01-a/x.md")).bytes))).toEqual(["x.md"]);
});

test("follows no link, waits for no pipe, and leaves out what is not there any more", async () => {
  place = await Workplace.create({ "a.md": "a\n", "sec/b.md": "b\n" });
  await writeFile(join(place.root, "secret"), "secret");
  await symlink(join(place.root, "secret"), place.file("out.md"));
  await symlink(place.root, place.file("out"));
  await promisify(execFile)("mkfifo", [place.file("pipe.md")]);
  expect(Object.keys(await unzip((await zip()).bytes)).sort()).toEqual(["project/a.md", "project/sec/b.md"]);
  expect((await zip("out")).status).toBe(404);
  expect((await zip("out/secret")).status).toBe(404);
  expect((await zip("../x")).status).toBe(400);
  expect((await zip(".git")).status).toBe(404);
  expect((await zip("nowhere")).status).toBe(404);
});

test("is of everybody who may read", async () => {
  place = await Workplace.create({ "a.md": "a\n" });
  for (const role of ROLES) expect((await place.ask("GET", "/zip", undefined, role)).status).toBe(200);
  expect((await place.ask("GET", "/zip", undefined, "guest" as (typeof ROLES)[number])).status).toBe(401);
});

test("of many files is whole", async () => {
  const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`sec/${i}.md`, `${i}\n`]));
  place = await Workplace.create(files);
  const entries = await unzip((await zip()).bytes);
  expect(Object.keys(entries)).toHaveLength(2_000);
  expect(entries["project/sec/1999.md"]?.[0]).toBe("1999\n");
});

test("of a large file has all of it, compressed, and an empty folder gives an empty one", async () => {
  const content = Buffer.alloc(5_000_000, "0123456789,");
  place = await Workplace.create({ "large.csv": content, "sec/.keep": "" });
  const { bytes } = await zip("large.csv");
  expect(bytes.length).toBeLessThan(100_000);
  const { "large.csv": entry } = await unzip(bytes);
  expect(entry?.slice(0, 2)).toEqual([content.toString().slice(0, 64), 8]);
  expect(entry?.[4]).toBe(content.length);
  expect(await unzip((await zip("sec")).bytes)).toEqual({});
});

/** Bytes of memory that the server takes. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${place.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}

test("is written as fast as it is read and held nowhere, and a reader who goes leaves no file open", async () => {
  place = await Workplace.create({ "large.png": "" });
  // A file with a hole: large without taking room, and not compressed because of its name.
  await truncate(place.file("large.png"), 2e9);
  const openFiles = async () =>
    (await promisify(execFile)("ls", ["-l", `/proc/${place.pid}/fd`])).stdout.split("large.png").length - 1;
  const before = await memory();
  const sent = place.begin("GET", "/zip");
  sent.end();
  const answer = await new Promise<IncomingMessage>((resolve) => sent.on("response", resolve));
  let bytes = 0;
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > 20e6) break;
  }
  expect(await openFiles()).toBe(1);
  expect((await memory()) - before).toBeLessThan(100e6);
  answer.destroy();
  await place.eventually("the file is closed", async () => (await openFiles()) === 0);
  expect((await zip("nowhere")).status).toBe(404);
});

test("is not made for more than a few at once", async () => {
  place = await Workplace.create({ "large.png": "" });
  await truncate(place.file("large.png"), 1e9);
  const readers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const sent = place.begin("GET", "/zip");
      sent.end();
      return new Promise<IncomingMessage>((resolve) => sent.on("response", resolve));
    }),
  );
  expect((await zip()).status).toBe(429);
  readers[0]?.destroy();
  await truncate(place.file("large.png"), 10);
  await place.eventually("there is room for one more", async () => (await zip()).status === 200);
  for (const reader of readers) reader.destroy();
});
