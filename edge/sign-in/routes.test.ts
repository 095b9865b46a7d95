import { expect, test } from "vitest";
import { localPath } from "./routes.ts";

test.each([
  ["/edit/@demo/x?y=1", "/edit/@demo/x?y=1"],
  [undefined, "/"],
  ["https://evil.example", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["edit", "/"],
])("after signing in, %j leads to %s", (wanted, path) => {
  expect(localPath(wanted)).toBe(path);
});
