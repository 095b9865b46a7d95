import { expect, test } from "vitest";
import { match } from "./router.ts";

const routes = [
  { method: "GET", pattern: "/v1/projects/:project/file" },
  { method: "POST", pattern: "/v1/projects/:project/changed", callers: ["editor"] as const },
  { method: "*", pattern: "/v1/projects/:project/editor/*rest" },
];

test.each([
  ["GET", "/v1/projects/p%201/file", { project: "p 1" }],
  ["DELETE", "/v1/projects/p/editor/a/b", { project: "p", rest: "/a/b" }],
  ["GET", "/v1/projects/p/editor/", { project: "p", rest: "/" }],
])("%s %s is found", (method, path, params) => {
  expect(match(routes, method, path, "edge").params).toEqual(params);
});

test.each([
  ["POST", "/v1/projects/p/file", "edge"],
  ["GET", "/v1/projects//file", "edge"],
  ["GET", "/v1/projects/p/file/more", "edge"],
  ["GET", "/v1/projects/%/file", "edge"],
  ["POST", "/v1/projects/p/changed", "edge"],
  ["GET", "/v1/projects/p/file", "editor"],
] as const)("%s %s is not there for the %s", (method, path, caller) => {
  expect(() => match(routes, method, path, caller)).toThrow("no such address");
});
