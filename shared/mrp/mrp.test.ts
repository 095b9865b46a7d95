import { expect, test } from "vitest";
import { ExecuteRequest, parseSessionId, sessionId } from "./mrp.ts";

test.each([
  ["thesis:default", { project: "thesis", language: "python", name: "default" }],
  ["thesis:bash:default", { project: "thesis", language: "bash", name: "default" }],
  ["thesis:python:gpu", { project: "thesis", language: "python", name: "gpu" }],
  ["thesis", null],
  ["thesis:cobol:x", null],
  ["thesis:", null],
  [":x", null],
  ["a:b:c:d", null],
  ["a:../x", null],
])("%s is %j", (id, expected) => {
  expect(parseSessionId(id)).toEqual(expected);
});

test("Python is the language that a session's name does not say", () => {
  expect(sessionId("p", "python", "x")).toBe("p:x");
  expect(sessionId("p", "bash", "x")).toBe("p:bash:x");
});

test("an execution needs its id; the rest has defaults", () => {
  expect(ExecuteRequest.safeParse({ code: "1", session: "p:x" }).success).toBe(false);
  expect(ExecuteRequest.parse({ code: "1", session: "p:x", execId: "12345678" })).toMatchObject({
    storeHistory: true,
    assetDir: null,
  });
});
