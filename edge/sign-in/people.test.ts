import { expect, test } from "vitest";
import { Handle } from "../../shared/daemon/actor.ts";
import { handleOf } from "./people.ts";

test.each([
  ["demo", "demo"],
  ["Zoë Müller", "zoe-muller"],
  ["--x--", "x"],
  ["数据", "user"],
  ["a".repeat(80), "a".repeat(39)],
  [`${"a".repeat(38)} b`, "a".repeat(38)],
  ["../../etc", "etc"],
])("the name %j gives the handle %s", (name, handle) => {
  expect(handleOf(name)).toBe(handle);
  expect(Handle.safeParse(handleOf(name)).success).toBe(true);
});
