import { describe, expect, test } from "vitest";
import { isPublishablePage, isServableAsset, problemOfPath, relativeLink, resolveRelative } from "./path.ts";

describe("a path is refused, with the reason,", () => {
  test.each([
    ["", /empty/],
    ["/etc/passwd", /absolute/],
    ["../secret.md", /"\.\."/],
    ["a/../../b.md", /"\.\."/],
    ["a/./b.md", /"\."/],
    ["a//b.md", /empty segment/],
    ["a\\b.md", /backslash/],
    ["a\0b.md", /control character/],
    ["\ud800.md", /Unicode/],
    [`${"n".repeat(300)}.md`, /303 bytes; 255 is the most/],
    [`${"é".repeat(130)}.md`, /263 bytes/],
  ])("%j", (path, reason) => {
    expect(problemOfPath(path)).toMatch(reason);
  });
  test.each(["a.md", "02-é/ü [1].md", "a/b/c.png", "数据.md", "-x.md", "..a/b..md"])("but %j is fine", (path) => {
    expect(problemOfPath(path)).toBeNull();
  });
});

describe("published is", () => {
  test.each([
    ["01-intro.md", true],
    ["02-sec/index.md", true],
    ["02-v1.2-notes/01-a.md", true],
    ["x.qmd", true],
    ["mrmd.md", false],
    ["sub/mrmd.md", false],
    ["_drafts/x.md", false],
    ["02-sec/_drafts/x.md", false],
    ["02-sec/.cache/x.md", false],
    [".mrmd/x.md", false],
    ["_x.md", false],
    ["data.csv", false],
  ])("the page %s: %s", (path, expected) => {
    expect(isPublishablePage(path)).toBe(expected);
  });
  test.each([
    ["_assets/plot.png", true],
    ["02-sec/_assets/generated/a.png", true],
    ["data.csv", true],
    ["_drafts/x.png", false],
    ["_assets/.hidden/x.png", false],
    ["_assets/_private/x.png", false],
    [".git/config", false],
    ["_assets", false],
    ["_assets/page.md", false],
  ])("the asset %s, if a page points to it: %s", (path, expected) => {
    expect(isServableAsset(path)).toBe(expected);
  });
});

describe("a relative link", () => {
  test.each([
    ["a/b.md", "c.md", "a/c.md"],
    ["a/b.md", "../_assets/x.png", "_assets/x.png"],
    ["b.md", "_assets/my%20plot.png", "_assets/my plot.png"],
    ["b.md", "./c.md#part", "c.md"],
    ["a/b.md", "/c.md", "c.md"],
    ["b.md", "100%.png", "100%.png"],
    ["b.md", "../outside.md", null],
    ["b.md", "https://example.org/x.png", null],
    ["b.md", "//example.org/x.png", null],
    ["b.md", "#part", null],
    ["b.md", "javascript:alert(1)", null],
  ])("in %s, %s is %s", (from, link, expected) => {
    expect(resolveRelative(from, link)).toBe(expected);
  });
  test.each([
    ["b.md", "_assets/generated/1.png", "_assets/generated/1.png"],
    ["a/b.md", "_assets/my plot.png", "../_assets/my%20plot.png"],
    ["a/b/c.md", "a/d/e.md", "../d/e.md"],
  ])("from %s to %s reads %s and leads back", (from, to, link) => {
    expect(relativeLink(from, to)).toBe(link);
    expect(resolveRelative(from, link)).toBe(to);
  });
});
