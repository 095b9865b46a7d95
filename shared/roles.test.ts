import { expect, test } from "vitest";
import { may } from "./roles.ts";

test.each([
  [null, "read", false],
  ["viewer", "read", true],
  ["viewer", "run", false],
  ["runner", "run", true],
  ["runner", "write", false],
  ["editor", "publish", true],
  ["editor", "share", false],
  ["admin", "share", true],
  ["admin", "delete", false],
  ["owner", "delete", true],
] as const)("%s may %s: %s", (role, action, expected) => {
  expect(may(role, action)).toBe(expected);
});
