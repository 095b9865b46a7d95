import { expect, test } from "vitest";
import { GIVEN_ROLES, may, mayManage, outranks, ROLES } from "./roles.ts";

test.each([
  [null, "read", false],
  ["viewer", "read", true],
  ["viewer", "run", false],
  ["runner", "run", true],
  ["runner", "write", false],
  ["viewer", "comment", false],
  ["runner", "comment", true],
  ["editor", "moderate", false],
  ["admin", "moderate", true],
  ["editor", "publish", true],
  ["editor", "share", false],
  ["admin", "share", true],
  ["admin", "delete", false],
  ["owner", "delete", true],
] as const)("%s may %s: %s", (role, action, expected) => {
  expect(may(role, action)).toBe(expected);
});

test.each([
  ["owner", ["viewer", "runner", "editor", "admin"]],
  ["admin", ["viewer", "runner", "editor", "admin"]],
  ["editor", []],
  ["viewer", []],
  [null, []],
] as const)("%s gives, changes and takes the roles %j", (own, roles) => {
  expect(ROLES.filter((role) => mayManage(own, role))).toEqual(roles);
});

test("all roles but the owner's can be given, and each outranks those before it and nobody's none", () => {
  expect([...GIVEN_ROLES, "owner"]).toEqual([...ROLES]);
  expect(ROLES.filter((role) => outranks("editor", role))).toEqual(["viewer", "runner"]);
  expect([outranks("viewer", null), outranks(null, "viewer"), outranks(null, null)]).toEqual([true, false, false]);
});
