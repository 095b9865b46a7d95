import { expect, test } from "vitest";
import { SearchIndex } from "../../reader/search/search-index.ts";
import { pageFacts } from "./page-facts.ts";
import { type SearchParts, searchParts } from "./search-index.ts";
import { hashOf } from "./site-memory.ts";

const pages = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ file: `${i}-page.md`, url: `page ${i}`, title: `Page ${i}` }));
const parts = (count: number, sourceOf: (i: number) => string) => {
  const facts = new Map(pages(count).map(({ file }, i) => [file, pageFacts(file, sourceOf(i))]));
  return searchParts(pages(count), (file) => facts.get(file));
};

function load({ titles, texts }: SearchParts): SearchIndex {
  const index = new SearchIndex();
  for (const part of titles) index.addTitles(JSON.parse(part.toString()));
  for (const part of texts) index.addTexts(JSON.parse(part.toString()));
  return index;
}

test("what was indexed is found", () => {
  const index = load(parts(200, (i) => `# About ${i}\n\nSome text.\n\n## Größe\n\n[[word${i}]]\n`));
  expect(index.find("word77")).toEqual([{ url: "page%2077", title: "About 77", heading: null }]);
  expect(index.find("about 12 grosse")[0]).toEqual({
    url: `page%2012#${encodeURIComponent("größe")}`,
    title: "About 12",
    heading: "Größe",
  });
});

test("a page without a heading has the title of the site's navigation", () => {
  expect(load(parts(1, () => "Text.")).find("page 0")[0]?.title).toBe("Page 0");
});

test("a page that changes, and one that is added, change one part of each half at most", () => {
  const source = (i: number) => `# About ${i}\n\nText.\n`;
  const hashes = ({ titles, texts }: SearchParts) => [titles.map(hashOf), texts.map(hashOf)] as const;
  const [titles, texts] = hashes(parts(5_000, source));
  expect([titles.length, texts.length]).toEqual([16, 128]);
  const changed = (now: SearchParts) => {
    const [nowTitles, nowTexts] = hashes(now);
    const isNew = (before: string[]) => (hash: string) => !before.includes(hash);
    return [nowTitles.filter(isNew(titles)).length, nowTexts.filter(isNew(texts)).length];
  };
  const but = (text: string) => parts(5_000, (i) => (i === 777 ? text : source(i)));
  expect(changed(but("# About 777\n\nElse.\n"))).toEqual([0, 1]);
  expect(changed(but("# Else 777\n\nText.\n"))).toEqual([1, 0]);
  expect(changed(parts(5_001, source))).toEqual([1, 1]);
});
