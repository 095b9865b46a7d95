import { beforeEach, describe, expect, test } from "vitest";
import { storeRecord } from "../../shared/search/record.ts";
import { wordsOf } from "../../shared/search/words.ts";
import { SearchIndex } from "./search-index.ts";

let index: SearchIndex;
beforeEach(() => {
  index = new SearchIndex();
});

function add(...pages: { title: string; headings?: string[]; text?: string }[]): void {
  const records = pages.map(({ title, headings = [], text = "" }) =>
    storeRecord({
      url: title.toLowerCase(),
      title,
      headings: headings.map((heading) => ({ id: heading.toLowerCase(), text: heading })),
      words: wordsOf(text)
        .map((word) => ` ${word}`)
        .join(""),
    }),
  );
  index.add(JSON.parse(JSON.stringify(records)));
}

const titles = (question: string) => index.find(question).map(({ title }) => title);

test("a title comes before a heading, and a heading before text; a whole word before a beginning", () => {
  add(
    { title: "Text", text: "model" },
    { title: "Beginning", text: "modelling" },
    { title: "Headed", headings: ["The Model"] },
    { title: "Models" },
    { title: "Model" },
  );
  expect(titles("model")).toEqual(["Model", "Models", "Headed", "Text", "Beginning"]);
});

test("words are found by how they begin, not by what is inside them", () => {
  add({ title: "Installation", text: "prerequisites" });
  expect(titles("inst")).toEqual(["Installation"]);
  expect(titles("stall")).toEqual([]);
  expect(titles("PRE Instal")).toEqual(["Installation"]);
});

test("every word of the question must lead to the page", () => {
  add({ title: "Setup", text: "linux" }, { title: "Usage", text: "windows" });
  expect(titles("setup linux")).toEqual(["Setup"]);
  expect(titles("setup windows")).toEqual([]);
});

test("a heading that is meant is where the result leads", () => {
  add({ title: "Guide", headings: ["First steps", "Advanced"], text: "x" });
  expect(index.find("adv")).toEqual([{ url: "guide#advanced", title: "Guide", heading: "Advanced" }]);
  expect(index.find("guide steps")).toEqual([{ url: "guide#first%20steps", title: "Guide", heading: "First steps" }]);
  expect(index.find("guide")).toEqual([{ url: "guide", title: "Guide", heading: null }]);
});

test("accents, case and scripts without spaces are no obstacle", () => {
  add({ title: "Größe", text: "数据分析" });
  for (const question of ["grosse", "GRÖ", "分析", "数据"])
    expect([question, titles(question)]).toEqual([question, ["Größe"]]);
});

test("nothing is asked, nothing is found", () => {
  add({ title: "A" });
  expect([titles(""), titles(" .,!")]).toEqual([[], []]);
});

describe("a part that is no index", () => {
  test.each([[null], [{}], ["x"], [[1, null, [], ["a"], ["a", "b", "c", "d"], ["a", "b", [], 1]]]])(
    "%j gives nothing",
    (part) => {
      index.add(part);
      expect(titles("a")).toEqual([]);
    },
  );
});

test("5,000 pages are searched while somebody types", () => {
  const vocabulary = Array.from({ length: 20_000 }, (_, i) => `w${((i * 7919) % 20_000).toString(36)}`);
  add(
    ...Array.from({ length: 5_000 }, (_, i) => ({
      title: `Page ${i}`,
      headings: ["One", "Two", "Three"],
      text: Array.from({ length: 250 }, (_, k) => vocabulary[(i * 31 + k * 17) % 20_000]).join(" "),
    })),
  );
  const begun = performance.now();
  expect(index.find("wa pag 12").length).toBeGreaterThan(0);
  // Some 15 ms on a small machine.
  expect(performance.now() - begun).toBeLessThan(300);
});
