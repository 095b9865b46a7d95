import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FrozenProcesses } from "./frozen-processes.ts";
import { ImageFolder } from "./image-folder.ts";
import { type MemorySource, PAGE_BYTES, type Range } from "./memory-source.ts";
import { LAZY, PRESENT, pagemapImage } from "./testing/images.ts";

async function read(source: MemorySource, range: Range): Promise<Buffer> {
  const bytes = Buffer.alloc(range.pages * PAGE_BYTES);
  await source.read(range, bytes);
  return bytes;
}

describe("a process", () => {
  let child: ChildProcess;
  beforeEach(async () => {
    child = spawn("cat", { stdio: "pipe" });
    await once(child, "spawn");
    child.stdin?.write("up");
    await once(child.stdout ?? child, "data");
  });
  afterEach(() => {
    child.kill();
  });

  /** Where it has its own program, and what is in there. */
  async function program(process: number): Promise<{ range: Range; bytes: Buffer }> {
    const maps = await readFile(`/proc/${process}/maps`, "utf8");
    const [, from = "", to = "", offset = "", path = ""] = /^(\w+)-(\w+) r-xp (\w+) \S+ \S+ +(\/.*)$/m.exec(maps) ?? [];
    const [address, pages] = [
      Number.parseInt(from, 16),
      (Number.parseInt(to, 16) - Number.parseInt(from, 16)) / PAGE_BYTES,
    ];
    const file = await open(path);
    const { buffer } = await file.read(
      Buffer.alloc(pages * PAGE_BYTES),
      0,
      pages * PAGE_BYTES,
      Number.parseInt(offset, 16),
    );
    await file.close();
    return { range: { process, address, pages }, bytes: buffer };
  }

  test("is read where it stands, by the id that it has in its container", async () => {
    const source = new FrozenProcesses(process.pid);
    const { range, bytes } = await program(child.pid ?? 0);
    expect((await read(source, range)).equals(bytes)).toBe(true);
    await source.close();
  });

  test("has nothing where nothing is mapped, and is unknown if it is not in the container", async () => {
    const source = new FrozenProcesses(process.pid);
    await expect(read(source, { process: child.pid ?? 0, address: PAGE_BYTES, pages: 1 })).rejects.toThrow();
    await expect(read(source, { process: 2 ** 30, address: PAGE_BYTES, pages: 1 })).rejects.toThrow("no process");
    await source.close();
  });
});

describe("images", () => {
  const HEAP = 0x5555_5555_0000;
  const PAGES = randomBytes(7 * PAGE_BYTES);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "images-"));
    const entries = [
      { address: HEAP, pages: 2, flags: LAZY | PRESENT },
      { address: HEAP + 2 * PAGE_BYTES, pages: 4, flags: LAZY | PRESENT },
      { address: HEAP + 9 * PAGE_BYTES, pages: 1, flags: PRESENT },
    ];
    await writeFile(join(folder, "pagemap-5.img"), pagemapImage(3, entries));
    await writeFile(join(folder, "pages-3.img"), PAGES);
  });
  afterEach(() => rm(folder, { recursive: true }));
  const range = (page: number, pages: number): Range => ({ process: 5, address: HEAP + page * PAGE_BYTES, pages });

  test("are read across the borders of their entries", async () => {
    const source = await ImageFolder.open(folder);
    expect((await read(source, range(1, 4))).equals(PAGES.subarray(PAGE_BYTES, 5 * PAGE_BYTES))).toBe(true);
    expect((await read(source, range(9, 1))).equals(PAGES.subarray(6 * PAGE_BYTES))).toBe(true);
    await source.close();
  });

  test("that have not all of it are said to", async () => {
    await truncate(join(folder, "pages-3.img"), 5 * PAGE_BYTES);
    const source = await ImageFolder.open(folder);
    await expect(read(source, range(4, 2))).rejects.toThrow("cut off");
    await expect(read(source, range(5, 2))).rejects.toThrow();
    await expect(read(source, range(7, 1))).rejects.toThrow("no page");
    await expect(read(source, { ...range(0, 1), process: 6 })).rejects.toThrow("no images");
    await source.close();
  });
});
