import { expect, test } from "vitest";
import { kindOf } from "./kinds.ts";

const ORIGIN = "https://markco.test";
const asked = { method: "GET", mode: "cors", destination: "" };
const of = (path: string, more: Partial<typeof asked> = {}) =>
  kindOf({ ...asked, ...more, url: new URL(path, ORIGIN).href }, ORIGIN);
const page = { mode: "navigate", destination: "document" };

test("the app's page, its files and what opens a project are looked after", () => {
  expect(of("/edit/@demo/thesis/a.md", page)).toBe("page");
  expect(of("/app/main.js")).toBe("file");
  expect(of("/reader/theme.css")).toBe("file");
  expect(of("/app/chunks/search-UNPAVJP3.js")).toBe("hashed");
  expect(of("/reader/fonts/KaTeX_Main-Regular-ARRPAO67.woff2")).toBe("hashed");
  expect(of("/api/me")).toBe("answer");
  expect(of("/api/by-name/@demo/thesis")).toBe("answer");
  expect(of("/api/projects/9d1f7f1e")).toBe("answer");
  expect(of("/api/projects/9d1f7f1e/file?path=a.png", { destination: "image" })).toBe("picture");
});

test.each([
  ["a published page", "/@demo/thesis/", page],
  ["a published page's script", "/reader/reader.iife.js", {}],
  ["the frame of people's HTML", "/frame", { mode: "navigate", destination: "iframe" }],
  ["a frame at an address of the app", "/edit/@demo/thesis", { mode: "navigate", destination: "iframe" }],
  ["a page that signs in", "/auth/sign-in", page],
  ["another origin", "https://example.org/app/main.js", {}],
  ["a file that is not shown as a picture", "/api/projects/9d1f7f1e/file?path=a.html", {}],
  ["what a project's panels ask", "/api/projects/9d1f7f1e/sharing", {}],
  ["the list of projects", "/api/projects", {}],
  ["what changes something", "/api/projects/9d1f7f1e", { method: "POST" }],
])("%s passes by", (_what, path, more) => {
  expect(of(path, more)).toBeNull();
});
