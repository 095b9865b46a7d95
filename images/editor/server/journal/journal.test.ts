import { appendFile, mkdtemp, readdir, readFile, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeDurably } from "../files/durable.ts";
import { createJournal, Journal } from "./journal.ts";
import { encodeRecord } from "./record.ts";

let folder = "";
const opened: Journal[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
  await createJournal(folder, bytes("first"));
});

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close().catch(() => undefined);
});

const bytes = (text: string) => new TextEncoder().encode(text);

async function reopen(sum = () => bytes("sum")): Promise<{ journal: Journal; replayed: string[] }> {
  const replayed: string[] = [];
  const journal = await Journal.open(
    folder,
    (updates) => replayed.push(...updates.map((update) => new TextDecoder().decode(update))),
    sum,
  );
  opened.push(journal);
  return { journal, replayed };
}

test("what was appended comes back in order", async () => {
  const { journal } = await reopen();
  for (const update of ["a", "b", "c"]) journal.append(bytes(update));
  await journal.durable();
  expect((await reopen()).replayed).toEqual(["first", "a", "b", "c"]);
});

test.each([1, 4, 8, 10])(
  "a record that was torn %i bytes before its end is cut away, and writing goes on",
  async (torn) => {
    const { journal } = await reopen();
    journal.append(bytes("kept"));
    journal.append(bytes("torn"));
    await journal.durable();
    await journal.close();
    const file = join(folder, "updates-1");
    await truncate(file, (await stat(file)).size - torn);
    const second = await reopen();
    expect(second.replayed).toEqual(["first", "kept"]);
    second.journal.append(bytes("after"));
    await second.journal.durable();
    expect((await reopen()).replayed).toEqual(["first", "kept", "after"]);
  },
);

test("garbage at the end is cut away and kept aside", async () => {
  await appendFile(join(folder, "updates-1"), bytes("\x04\0\0\0garbage"));
  expect((await reopen()).replayed).toEqual(["first"]);
  expect(await readFile(join(folder, "torn"), "utf8")).toContain("garbage");
});

test("a long journal is replaced by its sum, and only that is read", async () => {
  const { journal } = await reopen();
  for (let i = 0; i < 40; i++) {
    journal.append(new Uint8Array(64 * 1024).fill(120));
    await journal.durable();
  }
  expect((await reopen()).replayed[0]).toBe("sum");
  const logs = (await readdir(folder)).filter((name) => name.startsWith("updates-"));
  expect(logs).toHaveLength(1);
  expect((await stat(join(folder, logs[0] ?? ""))).size).toBeLessThan(2 * 1024 * 1024);
});

test("a crash between the sum and the removal of what it sums up leaves the sum", async () => {
  const { journal } = await reopen();
  journal.append(bytes("a"));
  await journal.durable();
  await createJournal(folder, bytes("older"));
  await writeDurably(join(folder, "updates-2"), encodeRecord(bytes("sum of all")));
  expect((await reopen()).replayed).toEqual(["sum of all"]);
});

test("what was appended is called durable although more comes in all the time", async () => {
  const { journal } = await reopen();
  let known = false;
  journal.append(bytes("one"));
  void journal.durable().then(() => {
    known = true;
  });
  for (const deadline = Date.now() + 10_000; !known && Date.now() < deadline; ) {
    journal.append(bytes("more"));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(known).toBe(true);
});

test("a journal that is closed leaves one update to read", async () => {
  const { journal } = await reopen();
  for (let i = 0; i < 3000; i++) journal.append(bytes(`a long line, number ${i}`));
  await journal.close();
  expect((await reopen()).replayed).toEqual(["sum"]);
});

test("after a write failed nothing is called durable any more", async () => {
  const { journal } = await reopen();
  await journal.close();
  journal.append(bytes("lost"));
  await expect(journal.durable()).rejects.toThrow();
  journal.append(bytes("also lost"));
  await expect(journal.durable()).rejects.toThrow();
});
