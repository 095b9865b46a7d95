import { describe, expect, test } from "vitest";
import { resolvePageLink, resolveWikiLink } from "./resolve.ts";
import { encodeUrlPath, layOutSite, type Site } from "./site.ts";

const site = (paths: string[], titles: Record<string, string> = {}, navOrder: string[] = []): Site =>
  layOutSite({ paths, titles: new Map(Object.entries(titles)), projectTitle: "My Thesis", navOrder });

describe("a page answers at its path without numbers and extension", () => {
  const thesis = site([
    "mrmd.md",
    "02-getting-started/01-setup.md",
    "02-getting-started/02-configuration.md",
    "01-intro.md",
    "_drafts/x.md",
    "02-getting-started/_drafts/y.md",
    "_assets/plot.png",
    "02-v1.2-notes/01-a.md",
    "notes.qmd",
  ]);
  test.each([
    ["", "01-intro.md"],
    ["intro", "01-intro.md"],
    ["getting-started", "02-getting-started/01-setup.md"],
    ["getting-started/setup", "02-getting-started/01-setup.md"],
    ["Getting-Started/SETUP/", "02-getting-started/01-setup.md"],
    ["v1.2-notes/a", "02-v1.2-notes/01-a.md"],
    ["notes", "notes.qmd"],
    ["_drafts/x", null],
    ["getting-started/_drafts/y", null],
    ["mrmd", null],
    ["../anything", null],
  ])("/%s → %s", (url, file) => {
    expect(thesis.lookup(url)?.file ?? null).toBe(file);
  });
});

test("index.md is its folder's landing page and has its title; at the root it is the project's", () => {
  const docs = site(["index.md", "01-a.md", "02-sec/index.md", "02-sec/01-b.md"]);
  expect(docs.lookup("")).toMatchObject({ file: "index.md", title: "My Thesis" });
  expect(docs.lookup("sec")).toMatchObject({ file: "02-sec/index.md", title: "Sec" });
  expect(docs.nav.map(({ title, page, children }) => [title, page?.url ?? null, children.length])).toEqual([
    ["A", "a", 0],
    ["Sec", "sec", 1],
  ]);
  expect(docs.pages.map(({ url }) => url)).toEqual(["", "a", "sec", "sec/b"]);
});

test("of two files with one URL the one that sorts first wins, and the author is told", () => {
  const { lookup, conflicts } = site(["02-setup.md", "01-setup.md"]);
  expect(lookup("setup")?.file).toBe("01-setup.md");
  expect(conflicts).toEqual([{ file: "02-setup.md", wins: "01-setup.md", url: "setup" }]);
});

test("a file and a folder of the same name do not hide each other's pages", () => {
  const docs = site(["01-guide.md", "02-guide/01-first.md"]);
  expect(docs.lookup("guide")?.file).toBe("01-guide.md");
  expect(docs.lookup("guide/first")?.file).toBe("02-guide/01-first.md");
});

test("accents, spaces, brackets and CJK survive the way to the URL and back", () => {
  const docs = site(["01-Caf\u00e9 [1].md", "02-数据/01-分析.md"]);
  for (const page of docs.pages) {
    const path = new URL(encodeUrlPath(page.url), "http://host/@u/p/").pathname.slice("/@u/p/".length);
    expect(docs.lookup(decodeURIComponent(path))?.file).toBe(page.file);
  }
  expect(docs.lookup("cafe\u0301 [1]")?.file).toBe("01-Caf\u00e9 [1].md");
});

test("nav.order puts the named ones first", () => {
  const docs = site(["a.md", "introduction.md", "getting-started/x.md"], {}, ["introduction", "getting-started"]);
  expect(docs.nav.map(({ title }) => title)).toEqual(["Introduction", "Getting Started", "A"]);
});

describe("a wiki link", () => {
  const docs = site(
    [
      "index.md",
      "01-intro.md",
      "02-getting-started/01-installation.md",
      "02-getting-started/02-configuration.md",
      "03-advanced/01-tuning.md",
      "03-advanced/02-installation.md",
    ],
    { "03-advanced/01-tuning.md": "Fine Tuning" },
  );
  const from = (file: string) => {
    const page = docs.pages.find((candidate) => candidate.file === file);
    if (!page) throw new Error(file);
    return page;
  };
  test.each([
    ["01-intro.md", "installation", "02-getting-started/01-installation.md"],
    ["03-advanced/01-tuning.md", "installation", "03-advanced/02-installation.md"],
    ["01-intro.md", "getting-started/configuration", "02-getting-started/02-configuration.md"],
    ["01-intro.md", "02-getting-started/02-configuration.md", "02-getting-started/02-configuration.md"],
    ["01-intro.md", "advanced/configuration", null],
    ["01-intro.md", "fine tuning", "03-advanced/01-tuning.md"],
    ["01-intro.md", "nowhere", null],
    ["01-intro.md", "next", "02-getting-started/01-installation.md"],
    ["01-intro.md", "prev", "index.md"],
    ["index.md", "prev", null],
    ["03-advanced/01-tuning.md", "home", "index.md"],
    ["03-advanced/02-installation.md", "next", null],
  ])("in %s, [[%s]] → %s", (file, target, expected) => {
    expect(resolveWikiLink(docs, from(file), target)?.file ?? null).toBe(expected);
  });
  test("an ordinary link resolves from the file it stands in", () => {
    expect(resolvePageLink(docs, from("03-advanced/01-tuning.md"), "02-installation.md#x")?.file).toBe(
      "03-advanced/02-installation.md",
    );
    expect(resolvePageLink(docs, from("03-advanced/01-tuning.md"), "../intro")?.file).toBe("01-intro.md");
    expect(resolvePageLink(docs, from("01-intro.md"), "https://example.org")).toBeNull();
  });
});
