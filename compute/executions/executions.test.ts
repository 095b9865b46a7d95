import { describe, expect, test } from "vitest";
import type { ExecutionEvent } from "../../shared/mrp/mrp.ts";
import { SupervisorLine } from "../../shared/runtime/wire.ts";
import { Journal } from "../journal/journal.ts";
import { collect } from "../mrp/collect.ts";
import { RuntimeRecords } from "../runtime/records.ts";
import { takeLines } from "../runtime/take-lines.ts";
import { Executions } from "./executions.ts";

const PROJECT = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c11";

function world() {
  const journal = new Journal(":memory:");
  const executions = new Executions(journal);
  const records = new RuntimeRecords(journal, () => {});
  const runtime = records.ofProject(PROJECT);
  const add = (id: string) =>
    executions.add(runtime.id, runtime.epoch, {
      id,
      op: "execute",
      exec: id,
      session: "p:default",
      language: "python",
      code: "1",
      silent: false,
      storeHistory: true,
      assetDir: null,
      cwd: "/project",
      venv: null,
    });
  const take = (lines: object[], offset: number, epoch = runtime.epoch) =>
    takeLines(
      journal,
      records,
      executions,
      { runtimeId: runtime.id, epoch },
      lines.map((line) => SupervisorLine.parse(line)),
      offset,
    );
  return { journal, executions, records, runtime, add, take };
}

const event = (seq: number, exec: string, name: string, data: object) => ({
  seq,
  type: "event",
  exec,
  event: name,
  data,
});
const print = (seq: number, exec: string, content: string) => event(seq, exec, "stdout", { content });
const done = (seq: number, exec: string) =>
  event(seq, exec, "done", { success: true, status: "completed", executionCount: 1, duration: 5 });

async function all(events: AsyncIterable<ExecutionEvent>): Promise<ExecutionEvent[]> {
  const list: ExecutionEvent[] = [];
  for await (const one of events) list.push(one);
  return list;
}

test("the same id is added once", () => {
  const { add, executions } = world();
  expect(add("exec-0001")).toBe(true);
  expect(add("exec-0001")).toBe(false);
  expect(executions.get("exec-0001")).toMatchObject({ status: "queued", currentSeq: 0 });
});

test("lines that are read again after a crash count once", async () => {
  const { add, take, executions } = world();
  add("exec-0001");
  take([{ seq: 1, type: "ack", id: "exec-0001" }, print(2, "exec-0001", "a"), print(3, "exec-0001", "b")], 100);
  take([print(3, "exec-0001", "b"), print(4, "exec-0001", "c"), done(5, "exec-0001")], 200);
  expect(await collect("exec-0001", executions.follow("exec-0001", 0, new AbortController().signal))).toMatchObject({
    stdout: "abc",
    success: true,
  });
});

test("a follower gets what is there, what comes while it follows, and the end", async () => {
  const { add, take, executions } = world();
  add("exec-0001");
  take([print(2, "exec-0001", "a")], 100);
  const following = all(executions.follow("exec-0001", 0, new AbortController().signal));
  const late = all(executions.follow("exec-0001", 2, new AbortController().signal));
  take([print(4, "exec-0001", "b"), done(6, "exec-0001")], 200);
  expect((await following).map(({ seq }) => seq)).toEqual([2, 4, 6]);
  expect((await late).map(({ seq }) => seq)).toEqual([4, 6]);
});

test("a follower that goes away ends", async () => {
  const { add, executions } = world();
  add("exec-0001");
  const gone = new AbortController();
  const following = all(executions.follow("exec-0001", 0, gone.signal));
  gone.abort();
  expect(await following).toEqual([]);
});

test("a prompt is state until the next event", () => {
  const { add, take, executions } = world();
  add("exec-0001");
  take([event(2, "exec-0001", "stdin_request", { prompt: "name? ", password: false })], 10);
  expect(executions.get("exec-0001")).toMatchObject({ status: "input_required", inputRequest: { prompt: "name? " } });
  take([print(3, "exec-0001", "hi")], 20);
  expect(executions.get("exec-0001")).toMatchObject({ status: "working", inputRequest: null });
});

test("what was not acknowledged is sent again, in order, and only that", () => {
  const { add, take, executions, runtime } = world();
  for (const id of ["exec-0001", "exec-0002", "exec-0003"]) add(id);
  take([{ seq: 1, type: "ack", id: "exec-0002" }], 10);
  expect(executions.unacknowledged(runtime.id, runtime.epoch).map((line) => JSON.parse(line).exec)).toEqual([
    "exec-0001",
    "exec-0003",
  ]);
});

describe("lines of a container", () => {
  test("of an older epoch are refused", () => {
    const { add, take, executions, records, runtime } = world();
    add("exec-0001");
    records.raiseEpoch(runtime.id);
    take([print(2, "exec-0001", "late")], 100);
    expect(executions.get("exec-0001")).toMatchObject({ status: "queued", currentSeq: 0 });
    expect(records.find(runtime.id)?.logOffset).toBe(0);
  });
  test("can't write into another runtime's execution", () => {
    const { take, executions, records } = world();
    const other = records.ofProject("0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12");
    executions.add(other.id, 1, {
      id: "exec-other",
      op: "execute",
      exec: "exec-other",
      session: "q:default",
      language: "python",
      code: "1",
      silent: false,
      storeHistory: true,
      assetDir: null,
      cwd: "/project",
      venv: null,
    });
    take([print(2, "exec-other", "forged")], 100);
    expect(executions.get("exec-other")).toMatchObject({ currentSeq: 0 });
  });
  test("whose data do not fit their name are dropped, the rest counts", async () => {
    const { add, take, executions } = world();
    add("exec-0001");
    take([event(2, "exec-0001", "stdout", { content: 3 }), print(3, "exec-0001", "ok"), done(4, "exec-0001")], 100);
    expect(await collect("exec-0001", executions.follow("exec-0001", 0, new AbortController().signal))).toMatchObject({
      stdout: "ok",
    });
  });
});

test("executions of a lost runtime end with the reason, each follower too", async () => {
  const { add, take, executions, runtime } = world();
  add("exec-0001");
  take([print(7, "exec-0001", "a")], 100);
  const following = all(executions.follow("exec-0001", 0, new AbortController().signal));
  executions.closeLost(runtime.id, runtime.epoch, "it was out of memory");
  const events = await following;
  expect(events.map(({ event }) => event)).toEqual(["stdout", "error", "done"]);
  expect(events[1]).toMatchObject({ data: { type: "RuntimeLost", message: "it was out of memory" } });
  expect(executions.get("exec-0001")?.status).toBe("failed");
});

test("what has ended is forgotten in time, what still runs is not", () => {
  const { add, take, executions, journal } = world();
  add("exec-0001");
  add("exec-0002");
  take([print(2, "exec-0001", "a"), done(3, "exec-0001"), print(4, "exec-0002", "b")], 100);
  executions.sweep(Date.now() + 1);
  expect(executions.get("exec-0001")).toBeNull();
  expect(executions.get("exec-0002")?.status).toBe("working");
  expect(journal.rows("select execution_id from events")).toEqual([{ execution_id: "exec-0002" }]);
});
