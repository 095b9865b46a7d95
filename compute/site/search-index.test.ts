import { expect, test } from "vitest";
import { SearchIndex } from "../../reader/search/search-index.ts";
import { pageFacts } from "./page-facts.ts";
import { searchParts } from "./search-index.ts";
import { hashOf } from "./site-memory.ts";

const pages = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ file: `${i}-page.md`, url: `page ${i}`, title: `Page ${i}` }));
const parts = (count: number, sourceOf: (i: number) => string) => {
  const facts = new Map(pages(count).map(({ file }, i) => [file, pageFacts(file, sourceOf(i))]));
  return searchParts(pages(count), (file) => facts.get(file));
};

test("what was indexed is found", () => {
  const index = new SearchIndex();
  for (const part of parts(200, (i) => `# About ${i}\n\nSome text.\n\n## Größe\n\n[[word${i}]]\n`)) {
    index.add(JSON.parse(part.toString()));
  }
  expect(index.find("word77")).toEqual([{ url: "page%2077", title: "About 77", heading: null }]);
  expect(index.find("about 12 grosse")[0]).toEqual({
    url: `page%2012#${encodeURIComponent("größe")}`,
    title: "About 12",
    heading: "Größe",
  });
});

test("a page without a heading has the title of the site's navigation", () => {
  const index = new SearchIndex();
  for (const part of parts(1, () => "Text.")) index.add(JSON.parse(part.toString()));
  expect(index.find("page 0")[0]?.title).toBe("Page 0");
});

test("a page that changes, and one that is added, change one part", () => {
  const source = (i: number) => `# About ${i}\n`;
  const before = new Set(parts(5_000, source).map(hashOf));
  const others = (now: Buffer<ArrayBuffer>[]) => now.filter((part) => !before.has(hashOf(part))).length;
  expect(before.size).toBe(128);
  expect(others(parts(5_000, (i) => (i === 777 ? "# Else\n" : source(i))))).toBe(1);
  expect(others(parts(5_001, source))).toBe(1);
});
