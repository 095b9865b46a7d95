import { expect, test } from "vitest";
import { textOf } from "./role-notice.ts";

test.each([
  ["editor", null, "This project is not shared with you any more. Nothing that you write here is kept."],
  ["editor", "viewer", "Your role here is viewer now: you can't edit any more."],
  ["owner", "runner", "Your role here is runner now: you can't edit any more."],
  ["admin", "editor", "Your role here is editor now."],
  ["runner", "viewer", "Your role here is viewer now."],
  ["viewer", "editor", "Your role here is editor now: reload to do what it allows."],
] as const)("who was %s and is %s reads: %s", (before, now, text) => {
  expect(textOf(before, now)).toBe(text);
});
