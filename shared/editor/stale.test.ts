import { expect, test } from "vitest";
import type { Run } from "./run-state.ts";
import { digestOf, findStale, type RanCell } from "./stale.ts";

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
    input: null,
    problem: null,
    ...changes,
  };
  return { code, session: run.session, run };
}
const never = (code: string): RanCell => ({ code, session: "p:default", run: null });

test.each<[string, RanCell[], boolean[]]>([
  ["nothing, when all ran in order", [ran("a", 1), ran("b", 2)], [false, false]],
  ["what never ran, and what is below it", [ran("a", 1), never("b"), ran("c", 2)], [false, true, true]],
  ["what failed", [ran("a", 1, 1, { status: "failed" })], [true]],
  ["what was changed, and what is below it", [{ ...ran("a", 1), code: "a2" }, ran("b", 2)], [true, true]],
  ["what is below a cell that ran again", [ran("a", 3), ran("b", 2)], [false, true]],
  ["nothing above a cell that ran again", [ran("a", 1), ran("b", 3)], [false, false]],
  ["what an earlier process of the session ran", [ran("a", 1, 1), ran("b", 2, 2), ran("c", 3, 1)], [true, true, true]],
  ["nothing of another session", [never("a"), ran("b", 1, 1, { session: "p:other" })], [true, false]],
  ["what would run in another session now", [{ ...ran("a", 1), session: "p:other" }], [true]],
])("stale is %s", (_, cells, expected) => {
  expect(findStale(cells)).toEqual(expected);
});
