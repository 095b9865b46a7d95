import { expect, test } from "vitest";
import type { Run } from "../../../../shared/editor/run-state.ts";
import { newestOf, statusesOf, wordsOf } from "./status.ts";

const run = (changes: Partial<Run>): Run => ({
  execId: "exec-0001",
  request: "request",
  keepGoing: false,
  order: 1,
  anchor: { from: "", to: "" },
  session: "p:default",
  language: "python",
  status: "completed",
  code: null,
  digest: "d",
  executionCount: 1,
  startedAt: 1_000,
  durationMs: 1_234,
  input: null,
  problem: null,
  ...changes,
});
const cell = (key: string, of: Run | null, digest = "d") => ({ key, digest, session: "p:default", run: of });
const words = (of: Run | null, open: readonly Run[] = [], digest = "d") => {
  const status = statusesOf([cell("a", of, digest)], open).get("a");
  return status ? wordsOf(status, 66_000).text : null;
};

test("what a cell says of itself", () => {
  const queued = run({ status: "queued", order: 5, executionCount: null });
  const others = [run({ status: "running", order: 3 }), run({ status: "queued", order: 4 })];
  expect(words(null)).toBeNull();
  expect(words(queued, [queued])).toBe("Queued");
  expect(words(queued, [...others, queued])).toBe("Queued, 2 before it");
  expect(words(queued, [run({ status: "running", session: "p:other", order: 3 }), queued])).toBe("Queued");
  expect(words(run({ status: "running", startedAt: null }))).toBe("Starting …");
  expect(words(run({ status: "running" }))).toBe("Running 1 min 5 s");
  expect(words(run({ status: "running", startedAt: 67_000 }))).toBe("Running 0 s");
  expect(words(run({ status: "running", input: { prompt: "?", password: false } }))).toBe("Waits for input");
  expect(words(run({}))).toBe("Done 1.2 s [1]");
  expect(words(run({ durationMs: null, executionCount: null }))).toBe("Done");
  expect(words(run({ durationMs: 3_723_000 }))).toBe("Done 1 h 2 min [1]");
  expect(words(run({}), [], "other")).toBe("Edited 1.2 s [1]");
  expect(words(run({ status: "failed", durationMs: 12 }))).toBe("Failed 12 ms [1]");
  expect(words(run({ status: "cancelled" }))).toBe("Interrupted");
  expect(words(run({ status: "cancelled", startedAt: null }))).toBe("Cancelled");
});

test("a cell below one that ran again is stale, and says why", () => {
  const again = run({ order: 3, executionCount: 3 });
  const statuses = statusesOf([cell("a", again), cell("b", run({ order: 2, executionCount: 2 }))], []);
  const below = statuses.get("b");
  expect(below && wordsOf(below, 0)).toEqual({
    text: "Stale 1.2 s [2]",
    title: "Cells above it have changed or run since, or have not run",
  });
  expect(statuses.get("a")?.kind).toBe("done");
});

test("of a cell's runs the one that is under way counts, else the newest", () => {
  const old = run({ order: 1 });
  const next = run({ order: 2, status: "running" });
  expect(newestOf([run({ order: 3, status: "queued" }), next, old])).toBe(next);
  expect(newestOf([run({ order: 3, status: "failed" }), old])?.order).toBe(3);
  expect(newestOf([])).toBeNull();
});
