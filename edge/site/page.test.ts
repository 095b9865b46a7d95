import { expect, test } from "vitest";
import { renderDocument } from "../../reader/document/render.ts";
import { layOutSite } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { addressOf } from "./address.ts";
import { renderSitePage, surroundings } from "./page.ts";

const HASH = "3f9a1c2b7d4e".padEnd(64, "0");

function page(file: string, source: string, visibility: Manifest["visibility"] = "public"): string {
  const pages = { "01-intro.md": "", "02-more/01-deep.md": "", [file]: source };
  const manifest: Manifest = {
    format: 1,
    projectId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12",
    version: 3,
    user: "demo",
    name: "thesis",
    title: "My <Thesis>",
    visibility,
    domain: null,
    publishedAt: "2026-11-23T00:00:00.000Z",
    navOrder: [],
    pages: Object.fromEntries(
      Object.keys(pages).map((path) => [path, { sha256: HASH, bytes: 1, title: null, changed: 0 }]),
    ),
    assets: { "_assets/a b.png": { sha256: HASH, bytes: 1, width: 640, height: 480 } },
    redirects: {},
    search: [],
  };
  const site = layOutSite({ paths: Object.keys(pages), titles: new Map(), projectTitle: manifest.title });
  const found = site.pages.find((candidate) => candidate.file === file);
  if (!found) throw new Error(file);
  const address = addressOf("https://markco.example", manifest);
  const published = { manifest, site };
  return renderSitePage(address, published, found, renderDocument(source, surroundings(address, published, found)));
}

test("a page links to its assets by content, to its neighbours and to other pages", () => {
  const html = page("02-more/01-deep.md", "# Deep\n\n![p](../_assets/a%20b.png) [[intro]] [i](../01-intro.md#part)\n");
  expect(html).toContain('src="/@demo/thesis/_assets/a%20b.png?v=3f9a1c2b7d4e" alt="p" width="640" height="480"');
  expect(html.match(/href="\/@demo\/thesis\/intro"/g)?.length).toBeGreaterThanOrEqual(2);
  expect(html).toContain('href="/@demo/thesis/intro#part"');
  expect(html).toContain('<link rel="canonical" href="https://markco.example/@demo/thesis/more/deep">');
});

test("a file that is not served is not linked to", () => {
  expect(page("01-intro.md", "![secret](_drafts/x.png)\n")).not.toContain('src="/@demo/thesis/_drafts');
});

test("names of the site are text, never markup", () => {
  expect(page("01-intro.md", "x\n")).not.toContain("<Thesis>");
});

test("only public pages are for search engines", () => {
  expect(page("01-intro.md", "x\n")).not.toContain("noindex");
  expect(page("01-intro.md", "x\n", "unlisted")).toContain('<meta name="robots" content="noindex">');
});
