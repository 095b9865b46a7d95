import { describe, expect, test } from "vitest";
import { renderDocument } from "../../reader/document/render.ts";
import { layOutSite, type Site, type SitePage } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { addressOf } from "./address.ts";
import { navigationFor } from "./navigation.ts";
import { renderSitePage, surroundings } from "./page.ts";

const HASH = "0".repeat(64);
const inChapters = (count: number) =>
  Array.from({ length: count }, (_, i) => `${Math.floor(i / 100)}-part-${Math.floor(i / 100)}/${i % 100}-page-${i}.md`);
const inOneFolder = (count: number) => Array.from({ length: count }, (_, i) => `${i}-page-${i}.md`);
const layOut = (paths: string[]) => layOutSite({ paths, titles: new Map(), projectTitle: "Large" });

function pageOf(site: Site, url: string): SitePage {
  const page = site.lookup(url);
  if (!page) throw new Error(url);
  return page;
}

const navigation = (site: Site, url: string) =>
  navigationFor(site, pageOf(site, url), (page) => `/${page.url}`, "/all");

describe("the navigation", () => {
  test("of a small site is all of it", () => {
    const site = layOut(["index.md", "01-a.md", "02-sec/01-b.md", "02-sec/02-c.md"]);
    expect(navigation(site, "sec/c")).toEqual([
      { title: "A", href: "/a", current: false, children: [] },
      {
        title: "Sec",
        href: null,
        current: false,
        children: [
          { title: "B", href: "/sec/b", current: false, children: [] },
          { title: "C", href: "/sec/c", current: true, children: [] },
        ],
      },
    ]);
  });

  test("of a large site has the section that the page is in; others lead to where they begin", () => {
    const lines = navigation(layOut(inChapters(1_000)), "part-4/page-450");
    expect(lines.map(({ href, children }) => [href, children.length])).toEqual([
      ...Array.from({ length: 10 }, (_, i) => (i === 4 ? [null, 60] : [`/part-${i}/page-${i * 100}`, 0])),
      ["/all", 0],
    ]);
    expect(lines[4]?.children.find(({ current }) => current)?.title).toBe("Page 450");
    expect(lines.at(-1)?.title).toBe("All 1,000 pages");
  });

  test.each([
    ["page-0", 0],
    ["page-500", 470],
    ["page-999", 940],
  ])("of a long list has what is around %s", (url, first) => {
    const lines = navigation(layOut(inOneFolder(1_000)), url);
    expect([lines[0]?.title, lines.length]).toEqual([`Page ${first}`, 61]);
    expect(lines.filter(({ current }) => current)).toHaveLength(1);
  });

  test("has a page for a section that has one, and marks it", () => {
    const site = layOut([...inChapters(1_000), "4-part-4/index.md"]);
    expect(navigation(site, "part-4")[4]).toMatchObject({ href: "/part-4", current: true });
  });
});

test.each([
  ["in chapters", inChapters],
  ["in one folder", inOneFolder],
])("a page of a site of 5,000, %s, costs what it costs in a site of 50", (_name, paths) => {
  const links = Array.from({ length: 20 }, (_, i) => `[[page-${i}]] [x](page-${i}.md)`).join("\n\n");
  const sites = [50, 5_000].map((count) => {
    const files = paths(count);
    const site = layOut(files);
    const manifest: Manifest = {
      format: 1,
      projectId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12",
      version: 1,
      user: "demo",
      name: "large",
      title: "Large",
      visibility: "public",
      domain: null,
      publishedAt: "2026-11-23T00:00:00.000Z",
      navOrder: [],
      pages: Object.fromEntries(files.map((file) => [file, { sha256: HASH, bytes: 1, title: null, changed: 0 }])),
      assets: {},
      redirects: {},
      search: [],
    };
    const address = addressOf("https://markco.example", manifest);
    const page = site.pages[count / 2];
    if (!page) throw new Error();
    const published = { manifest, site };
    return () =>
      renderSitePage(address, published, page, renderDocument(links, surroundings(address, published, page)));
  });
  const [small = 0, large = 0] = sites.map((render) => {
    const times = Array.from({ length: 30 }, () => {
      const begun = performance.now();
      render();
      return performance.now() - begun;
    });
    // The others were interrupted, or the first of their kind.
    return Math.min(...times);
  });
  // Measured: the same. Looking at every page once would cost ten times as much.
  expect(large).toBeLessThan(3 * small + 1);
  const [smallPage = "", largePage = ""] = sites.map((render) => render());
  expect(largePage.length).toBeLessThan(2 * smallPage.length);
});
