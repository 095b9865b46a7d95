import { expect, test } from "vitest";
import { compare, plainRows, type Row } from "./compare.ts";

/** As a person would write it down: `-`, `+`, marked words in brackets. */
function written(rows: readonly Row[]): string[] {
  const signs = { same: " ", removed: "-", added: "+" };
  return rows.map((row) =>
    row.kind === "skipped"
      ? `⋯ ${row.lines}`
      : signs[row.kind] + row.parts.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join(""),
  );
}

const lines = (...numbers: number[]) => numbers.map((number) => `line ${number}\n`).join("");

test("in a line that was changed, the words are marked", () => {
  expect(written(compare("Some slanted prose.\nThe end.\n", "Some upright prose, twice.\nThe end.\n"))).toEqual([
    "-Some [slanted] prose.",
    "+Some [upright] prose[, twice].",
    " The end.",
  ]);
});

test("in a line that grew into several, what it had is not marked", () => {
  expect(written(compare("Some prose.\n", "Some slanted prose.\n\nA paragraph.\n"))).toEqual([
    "-Some prose.",
    "+Some [slanted ]prose[.]",
    "+",
    "+[A paragraph].",
  ]);
});

test("lines that have hardly a word in common are two lines", () => {
  expect(written(compare("Some slanted prose.\n", "Another paragraph here.\n"))).toEqual([
    "-Some slanted prose.",
    "+Another paragraph here.",
  ]);
});

test("what is the same is shown next to changes only", () => {
  const before = lines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  expect(written(compare(before, `new\n${before.replace("line 9\n", "")}`))).toEqual([
    "+new",
    ...[1, 2, 3].map((number) => ` line ${number}`),
    "⋯ 2",
    ...[6, 7, 8].map((number) => ` line ${number}`),
    "-line 9",
    ...[10, 11, 12].map((number) => ` line ${number}`),
  ]);
});

test("empty lines are lines, and a last one without its end is, too", () => {
  expect(written(compare("one\n", "one\n\ntwo"))).toEqual([" one", "+", "+two"]);
  expect(written(plainRows("one\n\ntwo\n"))).toEqual([" one", " ", " two"]);
});

test("nothing is shown of texts that are the same", () => {
  expect(compare("one\n", "one\n")).toEqual([]);
});
