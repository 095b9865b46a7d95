import { expect, test } from "vitest";
import type { Author } from "../../../../shared/editor/history.ts";
import { MAX_HISTORY_BYTES, MAX_VERSIONS, NEWEST, thinned } from "./thin.ts";
import type { KeptVersion } from "./versions.ts";

const NOW = Date.parse("2027-03-01T12:00:00.000Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const program: Author = { kind: "program" };
const cell: Author = { kind: "cell" };

let ids = 0;
const version = (ageMs: number, authors: Author[] = [program], bytes = 10): KeptVersion => {
  const at = new Date(NOW - ageMs).toISOString();
  return { id: ++ids, began: at, ended: at, authors, bytes, digest: String(ids) };
};
/** What is left of `versions` when as many follow as stay in any case. */
const thinnedOld = (versions: KeptVersion[]) =>
  thinned([...versions, ...Array.from({ length: NEWEST }, () => version(0))], NOW).slice(0, -NEWEST);
const ages = (versions: readonly KeptVersion[]) => versions.map(({ ended }) => NOW - Date.parse(ended));

test("of a day all versions stay", () => {
  const versions = [version(23 * HOUR), version(23 * HOUR - 1), version(MINUTE), version(0)];
  expect(thinnedOld(versions)).toEqual(versions);
});

test("then the last of each hour, and after a month the last of each day", () => {
  const versions = [40 * DAY + 2 * HOUR, 40 * DAY + HOUR, 2 * DAY + 30 * MINUTE, 2 * DAY + 10 * MINUTE, 2 * DAY - HOUR];
  expect(ages(thinnedOld(versions.map((age) => version(age))))).toEqual([
    40 * DAY + HOUR,
    2 * DAY + 10 * MINUTE,
    2 * DAY - HOUR,
  ]);
});

test("who changed something on the way to a version that goes is an author of the one that stays", () => {
  const [first, second] = [version(2 * DAY + 30 * MINUTE, [cell]), version(2 * DAY + 10 * MINUTE, [program, cell])];
  expect(thinnedOld([first, second])).toEqual([{ ...second, began: first.began, authors: [cell, program] }]);
});

test("the newest stay, also when a clock that is years ahead makes all of them old", () => {
  const versions = Array.from({ length: NEWEST }, (_, i) => version(HOUR - i));
  expect(thinned(versions, NOW + 4000 * DAY)).toEqual(versions);
});

test("the oldest go when there are too many, or they take too much", () => {
  const many = Array.from({ length: MAX_VERSIONS + 3 }, (_, i) => version(HOUR - i));
  expect(thinned(many, NOW)).toEqual(many.slice(3));
  const large = [0, 1, 2].map((i) => version(HOUR - i, [program], MAX_HISTORY_BYTES / 2));
  expect(thinned(large, NOW)).toEqual(large.slice(1));
  const huge = [version(0, [program], 2 * MAX_HISTORY_BYTES)];
  expect(thinned(huge, NOW)).toEqual(huge);
});
