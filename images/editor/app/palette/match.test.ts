import { expect, test } from "vitest";
import { matching } from "./match.ts";

const named = (...names: string[]) => names.map((name) => ({ name }));
const found = (typed: string, ...names: string[]) => matching(named(...names), typed).map(({ name }) => name);

test("all are there while nothing is typed, in their order", () => {
  expect(found(" ", "Run all", "History")).toEqual(["Run all", "History"]);
});

test("what begins so comes before a later word, and that before the inside of one", () => {
  expect(found("st", "Restart sessions", "Run stale cells", "Stop", "Show it")).toEqual([
    "Stop",
    "Run stale cells",
    "Restart sessions",
  ]);
});

test("words may be shortened and left out, and are no patterns", () => {
  expect(found("r all", "Restart and run all", "All runs", "Interrupt")).toEqual(["Restart and run all"]);
  expect(found("x-ray", "Open X Ray Images", "Open Rays")).toEqual(["Open X Ray Images"]);
  expect(found("[a+", "Run all")).toEqual([]);
});
