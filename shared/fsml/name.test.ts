import { describe, expect, test } from "vitest";
import { compareNames, parseName, titleOfSlug } from "./name.ts";

describe("the name of a file or folder says", () => {
  test.each([
    ["02-getting-started", "folder", "2", "getting-started", "Getting Started"],
    ["01-intro.md", "file", "1", "intro", "Intro"],
    ["2-setup.md", "file", "2", "setup", "Setup"],
    ["02_intro.md", "file", "2", "intro", "Intro"],
    ["02-v1.2-notes", "folder", "2", "v1.2-notes", "V1.2 Notes"],
    ["README.md", "file", null, "README", "README"],
    ["analysis.qmd", "file", null, "analysis", "Analysis"],
    ["2024.md", "file", null, "2024", "2024"],
    ["03-.md", "file", null, "03-", "03"],
    ["été-à-paris.md", "file", null, "été-à-paris", "Été À Paris"],
    ["01-数据 分析.md", "file", "1", "数据 分析", "数据 分析"],
  ] as const)("%s (%s): order %s, slug %s, title %s", (name, kind, order, slug, title) => {
    const parsed = parseName(name, kind);
    expect(parsed.order).toBe(order);
    expect(parsed.slug).toBe(slug);
    expect(titleOfSlug(parsed.slug)).toBe(title);
  });

  test("a folder whose name ends in .md is no page", () => {
    expect(parseName("notes.md", "folder")).toEqual({ order: null, slug: "notes.md", isPage: false });
  });

  test("decomposed letters become composed ones", () => {
    expect(parseName("cafe\u0301.md", "file").slug).toBe("caf\u00e9");
  });
});

describe("siblings stand", () => {
  const sorted = (...names: string[]) =>
    names
      .map((name) => ({ name, kind: name.includes(".") ? "file" : "folder" }) as const)
      .sort(compareNames)
      .map(({ name }) => name);

  test("by number, not by digits", () => {
    expect(sorted("10-more.md", "2-setup.md")).toEqual(["2-setup.md", "10-more.md"]);
  });
  test("numbers beyond what a double holds still in order", () => {
    expect(sorted("9007199254740993-b.md", "9007199254740992-c.md")).toEqual([
      "9007199254740992-c.md",
      "9007199254740993-b.md",
    ]);
  });
  test("files and folders interleaved, unnumbered ones last and by name", () => {
    expect(sorted("zeta.md", "03-c.md", "alpha", "02-b", "01-a.md")).toEqual([
      "01-a.md",
      "02-b",
      "03-c.md",
      "alpha",
      "zeta.md",
    ]);
  });
  test("a tie broken by name", () => {
    expect(sorted("01-b.md", "01-a.md", "1-a.md")).toEqual(["01-a.md", "1-a.md", "01-b.md"]);
  });
});
