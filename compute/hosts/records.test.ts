import { beforeEach, expect, test } from "vitest";
import { Journal } from "../journal/journal.ts";
import { type HostRecord, HostRecords } from "./records.ts";

const HOST = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13";
const RUNTIME = "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10";
let records: HostRecords;
let billed: HostRecord[];

beforeEach(() => {
  billed = [];
  records = new HostRecords(new Journal(":memory:"), (record) => billed.push(record));
  records.add(HOST, RUNTIME, "t3a.small");
});

test("a token lets in one key: the same again, another one never", () => {
  expect(records.joined(HOST, "key")).toBe(true);
  expect(records.joined(HOST, "key")).toBe(true);
  expect(records.joined(HOST, "other")).toBe(false);
  expect(records.ofFingerprint("key")?.id).toBe(HOST);
  expect(records.ofFingerprint("other")).toBeNull();
});

test("a host that is up lets nobody in any more, and one that leaves is known no longer", () => {
  records.joined(HOST, "key");
  records.ready(HOST);
  expect(records.joined(HOST, "key")).toBe(false);
  expect(records.ofFingerprint("key")?.state).toBe("ready");
  records.leaving(HOST);
  expect(records.ofFingerprint("key")).toBeNull();
  records.ready(HOST);
  expect(records.find(HOST)?.state).toBe("leaving");
});

test("an instance is billed from its launch to its end, each said once", () => {
  records.launched(HOST, "i-1");
  records.launched(HOST, "i-1");
  records.gone(HOST);
  records.gone(HOST);
  expect(billed.map(({ goneMs }) => goneMs !== null)).toEqual([false, true]);
});

test("a host that was never launched costs nothing", () => {
  records.gone(HOST);
  expect(billed).toEqual([]);
  expect(records.alive()).toEqual([]);
});
