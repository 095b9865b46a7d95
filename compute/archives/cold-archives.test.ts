import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Journal } from "../journal/journal.ts";
import { Operations } from "../journal/operations.ts";
import { RuntimeRecords } from "../runtime/records.ts";
import { ColdArchives } from "./cold-archives.ts";
import { ArchiveKeys } from "./keys.ts";
import { PART_BYTES } from "./store.ts";
import { type End, Outside } from "./testing/outside.ts";

const COLD_MS = 7 * 24 * 60 * 60 * 1000;
const keys = new ArchiveKeys(Buffer.alloc(32, 7));
const ARCHIVE = randomBytes(1_500_000);

/** A daemon with one runtime that sleeps, or the next one on what an earlier one has left. */
function daemon(outside = new Outside(), journal = new Journal(":memory:"), end: End | null = null, coldMs = 0) {
  const operations = new Operations(journal);
  const records = new RuntimeRecords(journal, () => {});
  const known = records.all()[0];
  const runtimeId = known?.id ?? records.ofProject(randomUUID()).id;
  if (!known) {
    records.setState(runtimeId, "asleep");
    outside.disk.set(runtimeId, ARCHIVE);
  }
  const cold = new ColdArchives({ journal, operations, records, ...outside.seenBy(end), keys, coldMs });
  return { outside, journal, operations, records, runtimeId, cold };
}
type Daemon = ReturnType<typeof daemon>;

/** The next daemon, after the one before has ended. */
const after = ({ outside, journal }: Daemon, end: End | null = null) => daemon(outside, journal, end);
const isHome = ({ outside, runtimeId }: Daemon) => outside.disk.get(runtimeId)?.equals(ARCHIVE) === true;
/** Resolves when the work is done or will never be, because its daemon has ended. */
const untilItEnds = (work: Promise<unknown>) => Promise.race([work.catch(() => {}), wait(150)]);

test("what has slept for long goes to S3, can't be read there, and comes back as it was", async () => {
  const here = daemon();
  await here.cold.sweep();
  expect(here.outside.disk.size).toBe(0);
  expect(here.cold.has(here.runtimeId)).toBe(true);
  const [sealed] = here.outside.objects.values();
  expect(sealed?.includes(ARCHIVE.subarray(0, 32))).toBe(false);
  expect(here.records.find(here.runtimeId)).toMatchObject({ state: "asleep", reason: expect.stringContaining("S3") });

  await here.cold.fetch(here.runtimeId);
  expect(isHome(here)).toBe(true);
  expect(here.outside.objects.size).toBe(0);
  expect(here.cold.has(here.runtimeId)).toBe(false);
});

test("an archive is sent in parts that S3 takes: all but the last of the same size", async () => {
  const here = daemon();
  here.outside.disk.set(here.runtimeId, randomBytes(2 * PART_BYTES));
  await here.cold.sweep();
  expect(here.outside.calls.filter((name) => name === "put")).toHaveLength(3);
  expect(here.cold.has(here.runtimeId)).toBe(true);
});

test("what sleeps for a moment only, or does not sleep, stays", async () => {
  const here = daemon(undefined, undefined, null, COLD_MS);
  await here.cold.sweep();
  expect(isHome(here)).toBe(true);
  const awake = daemon();
  awake.records.setState(awake.runtimeId, "running");
  await awake.cold.sweep();
  expect(isHome(awake)).toBe(true);
  expect(awake.outside.objects.size).toBe(0);
});

describe("a daemon that ends", () => {
  /** How many times a round asks the outside: so many places there are to end at. */
  async function callsOf(work: (here: Daemon) => Promise<unknown>, from: () => Promise<Daemon>): Promise<number> {
    const here = await from();
    here.outside.calls.length = 0;
    await work(here);
    return here.outside.calls.length;
  }
  const asleep = async () => daemon();
  const cold = async () => {
    const here = daemon();
    await here.cold.sweep();
    return here;
  };
  const ends = (calls: number) =>
    Array.from({ length: calls }, (_, call) => [true, false].map((isDone): End => ({ call, isDone }))).flat();

  test("at any call while it sends: one whole copy is there always, and the next daemon finishes it", async () => {
    const calls = await callsOf(({ cold }) => cold.sweep(), asleep);
    expect(calls).toBeGreaterThan(6);
    for (const end of ends(calls)) {
      const died = daemon(undefined, undefined, end);
      await untilItEnds(died.cold.sweep());
      const next = after(died);
      if (!next.cold.has(next.runtimeId)) expect(isHome(next), `${end.call} ${end.isDone}`).toBe(true);
      await next.operations.resume();
      await next.cold.sweep();
      expect(next.outside.disk.size, `${end.call} ${end.isDone}`).toBe(0);
      expect([next.outside.objects.size, next.outside.uploads.size], "nothing else is left in S3").toEqual([1, 0]);
      await next.cold.fetch(next.runtimeId);
      expect(isHome(next)).toBe(true);
    }
  });

  test("at any call while it brings an archive home: one whole copy is there always, and S3 keeps nothing", async () => {
    const calls = await callsOf(({ cold, runtimeId }) => cold.fetch(runtimeId), cold);
    expect(calls).toBeGreaterThan(2);
    for (const end of ends(calls)) {
      const died = after(await cold(), end);
      await untilItEnds(died.cold.fetch(died.runtimeId));
      const next = after(died);
      if (!next.cold.has(next.runtimeId)) expect(isHome(next), `${end.call} ${end.isDone}`).toBe(true);
      await next.cold.fetch(next.runtimeId);
      expect(isHome(next), `${end.call} ${end.isDone}`).toBe(true);
      next.records.setState(next.runtimeId, "running");
      await next.cold.sweep();
      expect([next.outside.objects.size, next.outside.uploads.size]).toEqual([0, 0]);
    }
  });
});

test("somebody who comes back while it is sent does not wait for it, and S3 keeps nothing", async () => {
  const here = daemon();
  here.outside.onPart = () => here.cold.hurry(here.runtimeId);
  await here.cold.sweep();
  expect(isHome(here)).toBe(true);
  expect([here.outside.objects.size, here.outside.uploads.size]).toEqual([0, 0]);
  here.outside.onPart = () => {};
  await here.cold.sweep();
  expect(here.cold.has(here.runtimeId), "the next round is a new one").toBe(true);
});

test("a daemon that stops calls off what it sends, and sends nothing more", async () => {
  const here = daemon();
  here.outside.onPart = () => here.cold.close();
  await here.cold.sweep();
  await here.cold.sweep();
  expect(isHome(here)).toBe(true);
  expect(here.outside.calls.filter((name) => name === "begin")).toHaveLength(1);
});

test("what S3 has otherwise than it was sent does not count as there", async () => {
  const here = daemon();
  const { objects } = here.outside;
  const set = objects.set.bind(objects);
  objects.set = (name, content) => set(name, content.fill(0, 1_000_000, 1_000_001));
  await here.cold.sweep();
  expect(isHome(here)).toBe(true);
  expect(here.cold.has(here.runtimeId)).toBe(false);
  expect(objects.size).toBe(0);
});

test("a local archive that could not be dropped is dropped by a later round", async () => {
  const here = daemon();
  here.outside.broken.add("dropArchive");
  await here.cold.sweep();
  expect([here.cold.has(here.runtimeId), here.outside.disk.size]).toEqual([true, 1]);
  here.outside.broken.clear();
  await here.cold.sweep();
  expect([here.cold.has(here.runtimeId), here.outside.disk.size, here.outside.objects.size]).toEqual([true, 0, 1]);
});

test("while S3 does not answer nothing changes, and what it could not be told is told it later", async () => {
  const here = daemon();
  here.outside.broken.add("complete").add("abort").add("remove");
  await here.cold.sweep();
  expect(isHome(here)).toBe(true);
  expect(here.outside.uploads.size).toBe(1);
  here.records.setState(here.runtimeId, "running");
  here.outside.broken.clear();
  // Not every store lists uploads: the journal alone must know them.
  here.outside.broken.add("list");
  await here.cold.sweep();
  expect(here.outside.uploads.size).toBe(0);
});

test("a cold archive is kept while it can't be had, and given up when it is damaged", async () => {
  const here = daemon();
  await here.cold.sweep();
  here.outside.broken.add("read");
  await expect(here.cold.fetch(here.runtimeId)).rejects.toMatchObject({ code: "unavailable" });
  expect(here.cold.has(here.runtimeId)).toBe(true);
  here.outside.broken.clear();
  const [[name, sealed] = ["", Buffer.alloc(0)]] = here.outside.objects;
  here.outside.objects.set(name, sealed.subarray(0, -100));
  await expect(here.cold.fetch(here.runtimeId)).rejects.toThrow("the archive is damaged, not whole, or another one's");
  expect(here.outside.disk.size, "half an archive is not put in place").toBe(0);
  expect(here.cold.has(here.runtimeId)).toBe(false);
  await here.cold.sweep();
  expect(here.outside.objects.size, "an operator may look at it").toBe(1);
  await here.cold.discard(here.runtimeId);
  expect(here.outside.objects.size).toBe(0);
});

test("objects and uploads that nothing names are swept", async () => {
  const here = daemon();
  here.outside.objects.set("lost", Buffer.alloc(1));
  here.outside.uploads.set("begun", { name: "lost", parts: new Map() });
  await here.cold.sweep();
  expect([...here.outside.objects.keys()].filter((name) => name === "lost")).toEqual([]);
  expect(here.outside.uploads.size).toBe(0);
});
