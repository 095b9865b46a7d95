import { expect, test } from "vitest";
import type { Run } from "./run-state.ts";
import { digestOf, type RanCell, type Staleness, stalenessOf } from "./stale.ts";

/** A cell that ran as the `order`-th, and as execution number `count` of its session's process. */
function ran(code: string, order: number, count = order, changes: Partial<Run> = {}): RanCell {
  const run: Run = {
    execId: `exec-${order}`,
    request: "request",
    keepGoing: false,
    order,
    anchor: { from: "", to: "" },
    session: "p:default",
    language: "python",
    status: "completed",
    code: null,
    digest: digestOf(code),
    executionCount: count,
    startedAt: null,
    durationMs: null,
    input: null,
    problem: null,
    ...changes,
  };
  return { digest: digestOf(code), session: run.session, run };
}
const never = (code: string): RanCell => ({ digest: digestOf(code), session: "p:default", run: null });

test.each<[string, RanCell[], (Staleness | null)[]]>([
  ["nothing, when all ran in order", [ran("a", 1), ran("b", 2)], [null, null]],
  ["what never ran, and what is below it", [ran("a", 1), never("b"), ran("c", 2)], [null, "never", "above"]],
  ["what failed", [ran("a", 1, 1, { status: "failed" })], ["unfinished"]],
  [
    "what was changed, and what is below it",
    [{ ...ran("a", 1), digest: digestOf("a2") }, ran("b", 2)],
    ["code", "above"],
  ],
  ["what is below a cell that ran again", [ran("a", 3), ran("b", 2)], [null, "above"]],
  ["nothing above a cell that ran again", [ran("a", 1), ran("b", 3)], [null, null]],
  [
    "what an earlier process of the session ran",
    [ran("a", 1, 1), ran("b", 2, 2), ran("c", 3, 1)],
    ["session", "session", "above"],
  ],
  ["nothing of another session", [never("a"), ran("b", 1, 1, { session: "p:other" })], ["never", null]],
  ["what would run in another session now", [{ ...ran("a", 1), session: "p:other" }], ["session"]],
])("stale is %s", (_, cells, expected) => {
  expect(stalenessOf(cells)).toEqual(expected);
});
