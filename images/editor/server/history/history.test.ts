/** When a version is closed, and whose it is: by a clock that the test sets. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { byPerson, type Origin, PROGRAM } from "./by.ts";
import { History } from "./history.ts";

const person = (userId: string, handle: string): Origin => ({
  by: byPerson({ userId, handle, name: handle, role: "editor" }),
});
const ANN = person("9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", "ann");
const BOB = person("0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12", "bob");
const MINUTE = 60_000;

let state: string;
let text: Y.Text;
let history: History;

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ["Date", "performance", "setTimeout", "clearTimeout"],
    now: Date.parse("2027-03-01T10:00:00Z"),
  });
  state = await mkdtemp(join(tmpdir(), "history-"));
  text = new Y.Doc().getText("text");
  text.insert(0, "one\n");
  history = await History.open(state, text, false);
});
afterEach(async () => {
  await history.close();
  vi.useRealTimers();
  await rm(state, { recursive: true });
});

const write = (origin: Origin | null, words: string) =>
  text.doc?.transact(() => text.insert(text.length, words), origin);

/** Who made each version, and its text. */
async function versions(): Promise<[string, string][]> {
  await history.keep();
  return Promise.all(
    history.list.versions.map(async ({ id, authors }) => [
      authors.map((by) => (by.kind === "person" ? by.handle : by.kind)).join("+"),
      await history.textOf(id),
    ]),
  );
}

test("what a document was found with is its first version, once it is changed", async () => {
  expect(await versions()).toEqual([]);
  write(ANN, "two\n");
  expect(history.list.current?.authors).toEqual([ANN.by]);
  expect(await versions()).toEqual([
    ["", "one\n"],
    ["ann", "one\ntwo\n"],
  ]);
});

test("what one person writes is one version until they have paused", async () => {
  write(ANN, "a");
  vi.advanceTimersByTime(4 * MINUTE);
  write(ANN, "b");
  vi.advanceTimersByTime(6 * MINUTE);
  write(ANN, "c");
  expect(await versions()).toEqual([
    ["", "one\n"],
    ["ann", "one\nab"],
    ["ann", "one\nabc"],
  ]);
  expect(history.list.versions[1]).toMatchObject({
    began: "2027-03-01T10:00:00.000Z",
    ended: "2027-03-01T10:04:00.000Z",
  });
});

test("another one's begin ends it, unless they write together", async () => {
  write(ANN, "a");
  vi.advanceTimersByTime(2 * MINUTE);
  write(BOB, "b");
  vi.advanceTimersByTime(MINUTE / 2);
  write(ANN, "c");
  vi.advanceTimersByTime(2 * MINUTE);
  write(PROGRAM, "d");
  vi.advanceTimersByTime(2 * MINUTE);
  write(null, "e");
  expect((await versions()).slice(1)).toEqual([
    ["ann", "one\na"],
    ["bob+ann", "one\nabc"],
    ["program", "one\nabcd"],
    ["cell", "one\nabcde"],
  ]);
});

test("it ends after a quarter of an hour, however steadily they write", async () => {
  for (let minute = 0; minute < 20; minute++) {
    write(ANN, "x");
    vi.advanceTimersByTime(MINUTE);
  }
  expect((await versions()).map(([, { length }]) => length)).toEqual([4, 20, 24]);
});

test("a pause is a version by itself, and what was taken back is none", async () => {
  write(ANN, "a");
  vi.advanceTimersByTime(10 * MINUTE);
  expect(history.list.current).toBeNull();
  write(ANN, "b");
  text.doc?.transact(() => text.delete(text.length - 1, 1), ANN);
  expect(await versions()).toHaveLength(2);
});

test("whoever had changed something when the server was killed is known by the next one", async () => {
  write(ANN, "a");
  await expect.poll(() => readdir(join(state, "history")).catch(() => [])).toContain("index.json");
  const next = async () => (await History.open(state, new Y.Doc().getText("text"), true)).list.versions;
  await expect.poll(next, { timeout: 20_000 }).toMatchObject([{ authors: [] }, { authors: [ANN.by] }]);
});

test("a change that nobody was written down for is nobody's", async () => {
  write(ANN, "a");
  await history.keep();
  const later = new Y.Doc().getText("text");
  later.insert(0, "one\nab");
  const next = await History.open(state, later, true);
  expect(next.list.versions.map(({ authors }) => authors)).toEqual([[], [ANN.by], []]);
  await next.close();
});

test("a text that a crash left without an entry is cleared away", async () => {
  write(ANN, "a");
  await history.keep();
  await writeFile(join(state, "history", "77.gz"), "");
  write(ANN, "b");
  await history.keep();
  expect((await readdir(join(state, "history"))).sort()).toEqual(["1.gz", "2.gz", "3.gz", "index.json"]);
  await expect(history.textOf(77)).rejects.toThrow("no such version");
});
