import { expect, test } from "vitest";
import type { SandboxState } from "../../../shared/daemon/contract.ts";
import { countOf, remaining } from "./sandboxes.ts";

const NOW = Date.parse("2027-03-01T10:00:00.000Z");
const sandbox = (afterSeconds: number): SandboxState => ({
  id: "3f0c1a52-58d4-4d25-9be2-0c5f3c1f6a10",
  state: "running",
  tier: "local",
  created: "2027-03-01T09:00:00.000Z",
  expires: new Date(NOW + afterSeconds * 1000).toISOString(),
  reason: null,
});

test.each([
  [-5, "is ending"],
  [0, "is ending"],
  [1, "ends in 1 min"],
  [59 * 60, "ends in 59 min"],
  [60 * 60, "ends in 1 h 0 min"],
  [23 * 3600 + 61, "ends in 23 h 2 min"],
])("a sandbox with %i s left %s", (seconds, words) => {
  expect(remaining(sandbox(seconds), NOW)).toBe(words);
});

test("nothing is said of no sandboxes", () => {
  expect([0, 1, 2].map((count) => countOf(Array.from({ length: count }, () => sandbox(60))))).toEqual([
    "",
    "1 sandbox",
    "2 sandboxes",
  ]);
});
