import { describe, expect, test } from "vitest";
import { hasAlready } from "./conditional.ts";
import { rangeOf } from "./range.ts";

describe("a client has a page already", () => {
  test.each<[string | undefined, boolean]>([
    ['"v1"', true],
    ['W/"v1"', true],
    ['"v0", "v1"', true],
    ['"v0",W/"v1"', true],
    ["*", true],
    ['"v0"', false],
    ['"v1-more"', false],
    ['"more, "v10"', false],
    ["v1", false],
    ["", false],
    [undefined, false],
  ])("if it says %s: %s", (header, expected) => expect(hasAlready(header, '"v1"')).toBe(expected));
});

describe("of a file of 10 bytes", () => {
  test.each([
    ["bytes=0-3", { first: 0, last: 3 }],
    ["bytes=4-", { first: 4, last: 9 }],
    ["bytes=4-99", { first: 4, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
    ["bytes = 0 - 0", { first: 0, last: 0 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=3-1", null],
    ["bytes=0-1,3-4", null],
    ["lines=0-1", null],
    ["bytes=-", null],
    [undefined, null],
  ] as const)("%s is %j", (range, expected) => {
    expect(rangeOf({ range, ifRange: undefined }, 10, '"v1"')).toEqual(expected);
  });

  test.each([
    ['"v1"', true],
    ['"v2"', false],
    ['W/"v1"', false],
    ["Wed, 25 Nov 2026 03:00:00 GMT", false],
  ])("a part is sent on only to who has the same one: If-Range %s: %s", (ifRange, expected) => {
    expect(rangeOf({ range: "bytes=0-3", ifRange }, 10, '"v1"') !== null).toBe(expected);
  });

  test("nothing can be asked of an empty file", () => {
    expect(rangeOf({ range: "bytes=0-", ifRange: undefined }, 0, '"v1"')).toBe("unsatisfiable");
  });
});
