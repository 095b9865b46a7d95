import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Journal } from "./journal.ts";
import { type OperationKind, Operations } from "./operations.ts";

const Input = z.object({ name: z.string() });
const Data = z.object({ made: z.string().optional() });
type Kind = OperationKind<z.infer<typeof Input>, { made: string }>;

/** A world that remembers what was done to it, and breaks where it is told to. */
function world(journal = new Journal(":memory:")) {
  const done: string[] = [];
  const breakAt = { act: "", undo: "" };
  const step = (name: string) => ({
    name,
    act: async () => {
      if (breakAt.act === name) throw new Error(`${name} broke`);
      done.push(name);
      return { made: name };
    },
    undo: async () => {
      if (breakAt.undo === name) throw new Error(`undoing ${name} broke`);
      done.push(`undo ${name}`);
    },
  });
  const kind: Kind = {
    kind: "build",
    input: Input,
    data: Data as z.ZodType<Partial<{ made: string }>>,
    subject: ({ name }) => name,
    steps: [step("one"), step("two"), step("three")],
  };
  const operations = new Operations(journal);
  return { journal, done, breakAt, operations, build: operations.define(kind) };
}

const states = (journal: Journal) => journal.rows("select state, step, error from operations");

test("steps act in order and the journal says that it is done", async () => {
  const { build, done, journal } = world();
  await build({ name: "a" });
  expect(done).toEqual(["one", "two", "three"]);
  expect(states(journal)).toEqual([{ state: "done", step: 3, error: null }]);
});

test("when a step fails, it and all before it are undone in reverse, and the caller learns why", async () => {
  const { build, done, breakAt, journal } = world();
  breakAt.act = "two";
  await expect(build({ name: "a" })).rejects.toThrow("two broke");
  expect(done).toEqual(["one", "undo two", "undo one"]);
  expect(states(journal)).toEqual([{ state: "failed", step: 0, error: "two broke" }]);
});

describe("after a crash", () => {
  /** What a killed process leaves: the journal as it stood when it last wrote. */
  function crashed(step: number, state: "running" | "undoing", error: string | null) {
    const journal = new Journal(":memory:");
    journal.run(
      "insert into operations (id, kind, subject, input, step, data, state, error, created_ms) values ('x', 'build', 'a', '{\"name\":\"a\"}', ?, '{}', ?, ?, 0)",
      step,
      state,
      error,
    );
    return world(journal);
  }
  test.each([
    [0, ["one", "two", "three"]],
    [1, ["two", "three"]],
    [2, ["three"]],
  ])("before step %i was recorded, it acts again and goes on", async (step, expected) => {
    const { operations, done, journal } = crashed(step, "running", null);
    await operations.resume();
    expect(done).toEqual(expected);
    expect(states(journal)[0]?.state).toBe("done");
  });
  test("while undoing, it goes on undoing and never acts", async () => {
    const { operations, done, journal } = crashed(1, "undoing", "three broke");
    await operations.resume();
    expect(done).toEqual(["undo two", "undo one"]);
    expect(states(journal)).toEqual([{ state: "failed", step: 0, error: "three broke" }]);
  });
  test("an undo that breaks is tried again at the next start", async () => {
    const first = crashed(1, "undoing", "broke");
    first.breakAt.undo = "one";
    await first.operations.resume();
    expect(states(first.journal)).toEqual([{ state: "undoing", step: 0, error: "broke" }]);
    const second = world(first.journal);
    await second.operations.resume();
    expect(second.done).toEqual(["undo one"]);
    expect(states(first.journal)[0]?.state).toBe("failed");
  });
});

test("operations on one subject follow each other, those on others do not wait", async () => {
  const operations = new Operations(new Journal(":memory:"));
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const run = operations.define({
    kind: "wait",
    input: Input.extend({ tag: z.string() }),
    data: z.object({}),
    subject: ({ name }) => name,
    steps: [
      {
        name: "wait",
        act: async ({ tag }) => {
          log.push(`begin ${tag}`);
          await new Promise<void>((resolve) => gates.set(tag, resolve));
          log.push(`end ${tag}`);
          return undefined;
        },
      },
    ],
  });
  const until = async (entry: string) => {
    while (!log.includes(entry)) await new Promise((resolve) => setImmediate(resolve));
  };
  const all = [run({ name: "a", tag: "a1" }), run({ name: "a", tag: "a2" }), run({ name: "b", tag: "b1" })];
  await until("begin b1");
  expect(log).toEqual(["begin a1", "begin b1"]);
  gates.get("a1")?.();
  await until("begin a2");
  gates.get("a2")?.();
  gates.get("b1")?.();
  await Promise.all(all);
  expect(log.indexOf("end a1")).toBeLessThan(log.indexOf("begin a2"));
});

test("a daemon that stops lets the last operations in and no others", async () => {
  const { operations, build, done } = world();
  await operations.drain(() => build({ name: "last" }));
  expect(done).toEqual(["one", "two", "three"]);
  await expect(build({ name: "late" })).rejects.toThrow(/stopping/);
});
