import { describe, expect, test } from "vitest";
import { applyChanges } from "../../../../shared/document/changes.ts";
import type { SearchQuery } from "../../../../shared/editor/search.ts";
import { SEARCH_LIMITS } from "../../../../shared/editor/search-limits.ts";
import { findChanges, findMatches, patternOf } from "./places.ts";

const query = (words: string, more: Partial<SearchQuery> = {}): SearchQuery => ({
  words,
  isExpression: false,
  matchesCase: false,
  wholeWords: false,
  replacement: null,
  ...more,
});
const expression = (words: string, more: Partial<SearchQuery> = {}) => query(words, { isExpression: true, ...more });
const found = (text: string, asked: SearchQuery) => findMatches(text, asked).matches.map((match) => match.text);
const replaced = (text: string, asked: SearchQuery) => applyChanges(text, findChanges(text, asked));

describe("a search", () => {
  test("takes words as they are written", () => {
    expect(found("a.b aXb (c) $1", query("a.b"))).toEqual(["a.b"]);
    expect(found("a.b aXb (c) $1", query("(c) $1"))).toEqual(["(c) $1"]);
  });

  test("tells cases apart only if it is asked to", () => {
    expect(found("Größe größe", query("GRÖSSE"))).toEqual([]);
    expect(found("Größe größe", query("größe"))).toEqual(["Größe", "größe"]);
    expect(found("Größe größe", query("größe", { matchesCase: true }))).toEqual(["größe"]);
  });

  test("finds whole words in every script", () => {
    expect(found("tide tides Gezeitentide tide-pool", query("tide", { wholeWords: true }))).toEqual(["tide", "tide"]);
    expect(found("été étés", query("été", { wholeWords: true }))).toEqual(["été"]);
    expect(found("one onetwo two", expression("one|two", { wholeWords: true }))).toEqual(["one", "two"]);
  });

  test("says where each place is and what stands around it", () => {
    const text = `# A\n\n${"long ".repeat(20)}here ${"more ".repeat(40)}\nhere`;
    const { matches, count } = findMatches(text, query("here"));
    expect(count).toBe(2);
    expect(matches.map(({ line }) => line)).toEqual([3, 4]);
    for (const { from, to } of matches) expect(text.slice(from, to)).toBe("here");
    expect(matches[0]?.before).toMatch(/^…(?:ong |long )+$/);
    expect(matches[0]?.after.length).toBeLessThanOrEqual(120);
    expect(matches[1]).toMatchObject({ before: "", after: "", insert: null });
  });

  test("counts what it does not show", () => {
    const { matches, count } = findMatches("a ".repeat(1_000), query("a"));
    expect([matches.length, count]).toEqual([SEARCH_LIMITS.shownOfOne, 1_000]);
  });

  test("by an expression knows lines, and finds no nothing", () => {
    expect(found("one\ntwo\n", expression("^t\\w+$"))).toEqual(["two"]);
    expect(found("aab", expression("a*"))).toEqual(["aa"]);
    expect(() => patternOf(expression("("))).toThrow(SyntaxError);
  });
});

describe("replacing", () => {
  test("puts words as they are written", () => {
    expect(replaced("a b", query("b", { replacement: "$& \\n" }))).toBe("a $& \\n");
  });

  test("by an expression takes over what was found", () => {
    const swap = expression("(\\w+) and (?<second>\\w+)", { replacement: "$<second> & $1 ($&) $$1 $12 $3\\n" });
    expect(replaced("salt and water", swap)).toBe("water & salt (salt and water) $1 salt2 $3\n");
  });

  test("may leave nothing", () => {
    expect(replaced("a, b, c", query(", ", { replacement: "" }))).toBe("abc");
  });

  test("says so when there is too much of it", () => {
    expect(() => findChanges("a".repeat(SEARCH_LIMITS.places + 1), query("a", { replacement: "b" }))).toThrow(
      RangeError,
    );
  });
});
