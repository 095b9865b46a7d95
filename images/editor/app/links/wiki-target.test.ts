import { expect, test } from "vitest";
import { resolveWikiLink } from "../../../../shared/fsml/resolve.ts";
import { layOutSite } from "../../../../shared/fsml/site.ts";
import { wikiFragment, wikiTarget } from "./wiki-target.ts";

const paths = [
  "01-intro.md",
  "02-start/01-setup.md",
  "02-start/index.md",
  "03-more/01-setup.md",
  "03-more/02-tides.qmd",
  "next.md",
  "04-deep/more/a.md",
  "a.md",
];
const site = layOutSite({ paths, titles: new Map([["a.md", "Setup"]]), projectTitle: "Waves" });

function target(from: string, to: string): string | null {
  const pages = (file: string) => site.pages.find((page) => page.file === file) ?? { file, url: "", title: "" };
  const found = wikiTarget(site, pages(from), pages(to));
  if (found !== null) expect(resolveWikiLink(site, pages(from), found)?.file).toBe(to);
  return found;
}

test("a page is called by its name, without number and extension", () => {
  expect(target("01-intro.md", "03-more/02-tides.qmd")).toBe("tides");
});

test("a name that others have, too, is enough in its folder; elsewhere its path counts", () => {
  expect(target("03-more/02-tides.qmd", "03-more/01-setup.md")).toBe("setup");
  expect(target("01-intro.md", "03-more/01-setup.md")).toBe("more/setup");
  expect(target("01-intro.md", "02-start/01-setup.md")).toBe("setup");
});

test("a folder's page is called by its folder", () => {
  expect(target("01-intro.md", "02-start/index.md")).toBe("start");
});

test("a page whose name is a word of its own in links is called by more than that", () => {
  expect(target("01-intro.md", "next.md")).toBe("next.md");
});

test("a page that no link can name has no target", () => {
  const odd = layOutSite({ paths: ["c#.md", "a.md"], titles: new Map(), projectTitle: "" });
  const [a, c] = [odd.pages.find(({ file }) => file === "a.md"), odd.pages.find(({ file }) => file === "c#.md")];
  expect(a && c && wikiTarget(odd, a, c)).toBeNull();
});

test("a heading is called by its words, or by its id where they lead elsewhere", () => {
  expect(wikiFragment({ text: "Of light", id: "of-light" })).toBe("Of light");
  expect(wikiFragment({ text: "Of light", id: "of-light-1" })).toBe("of-light-1");
  expect(wikiFragment({ text: "a [b] | c", id: "a-b--c" })).toBe("a-b--c");
});
