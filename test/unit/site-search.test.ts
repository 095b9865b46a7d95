/** The search box of published pages in a real browser. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderDocument } from "../../reader/document/render.ts";
import { renderPage } from "../../reader/page/page.ts";
import { storeText, storeTitle } from "../../shared/search/record.ts";
import { hasBrowser, openBrowser } from "../browser.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Nothing listens there: each request is answered by the test. */
const ORIGIN = "http://localhost:7";
const SITE = "/@ada/site";
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'";

const title = (url: string, text: string, ...headings: string[]) =>
  storeTitle({ url, title: text, headings: headings.map((heading) => ({ id: heading.toLowerCase(), text: heading })) });
const text = (url: string, words: string) => storeText({ url, words });
const PARTS: Record<string, readonly (readonly unknown[])[]> = {
  titles1: [title("", "Home"), title("guide/setup", "Setup", "Installing", "Removing")],
  titles2: [title("guide/use", "Using it")],
  texts1: [text("", " welcome"), text("guide/setup", " linux")],
  texts2: [text("guide/use", " setup")],
};
const at = (half: string) =>
  Object.keys(PARTS)
    .filter((part) => part.startsWith(half))
    .map((part) => `${SITE}/_search/${part}`);

const html = (title: string) =>
  renderPage({
    lang: "en",
    title,
    description: null,
    canonical: null,
    noindex: false,
    image: null,
    source: null,
    feed: null,
    search: { index: `${SITE}/_search`, script: "/reader/search.js" },
    site: { title: "Site", href: SITE },
    nav: [],
    breadcrumbs: [],
    article: renderDocument(`# ${title}\n\nText.\n`, { resolvePage: () => null, resolveAsset: () => null }),
    previous: null,
    next: null,
    assets: { css: "/reader/theme.css", script: "/reader/reader.iife.js" },
  });

describe.skipIf(!hasBrowser)("the search box", () => {
  let browser: Browser;
  let folder: string;
  let context: BrowserContext;
  let page: Page;
  let asked: string[];
  let broken: string | null;
  let thrown: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "search-"));
    const common = { bundle: true, minify: true, absWorkingDir: ROOT, logLevel: "silent" } as const;
    const out = (name: string) => join(folder, name);
    await Promise.all([
      build({ ...common, entryPoints: ["reader/reader.ts"], outfile: out("reader.iife.js"), format: "iife" }),
      build({ ...common, entryPoints: ["reader/search/search.ts"], outfile: out("search.js"), format: "esm" }),
      build({
        ...common,
        entryPoints: ["reader/theme/theme.css"],
        outfile: out("theme.css"),
        loader: { ".woff2": "empty", ".woff": "empty", ".ttf": "empty" },
      }),
    ]);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    asked = [];
    broken = null;
    thrown = [];
    await openPage(true);
  });
  afterEach(async () => {
    await context.close();
    expect(thrown).toEqual([]);
  });

  async function openPage(javaScriptEnabled: boolean): Promise<void> {
    await context?.close();
    context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1100, height: 700 } });
    page = await context.newPage();
    page.setDefaultTimeout(5_000);
    page.on("pageerror", ({ message }) => thrown.push(message));
    await page.route(`${ORIGIN}/**`, answer);
    await page.goto(`${ORIGIN}${SITE}`);
  }

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    if (pathname === broken) return route.abort();
    if (pathname.startsWith("/reader/"))
      return route.fulfill({
        contentType: pathname.endsWith(".css") ? "text/css" : "text/javascript",
        body: await readFile(join(folder, pathname.slice("/reader/".length))),
      });
    if (pathname === `${SITE}/_search`)
      return route.fulfill({ json: { root: SITE, titles: at("titles"), texts: at("texts") } });
    const part = PARTS[pathname.slice(`${SITE}/_search/`.length)];
    if (part) return route.fulfill({ json: part });
    return route.fulfill({
      contentType: "text/html",
      headers: { "content-security-policy": POLICY },
      body: html(pathname.split("/").at(-1) ?? ""),
    });
  }

  const box = () => page.getByRole("combobox", { name: "Search this site" });
  const found = () => page.getByRole("option").allTextContents();
  const search = async (question: string) => {
    await page.keyboard.press("/");
    await page.keyboard.type(question);
  };

  test("is not there where no script runs", async () => {
    await openPage(false);
    expect(await page.locator("input").count()).toBe(0);
  });

  test("fetches nothing before somebody turns to it", async () => {
    await page.waitForLoadState("networkidle");
    expect(asked.filter((path) => /search/.test(path))).toEqual([]);
    await page.keyboard.press("/");
    await expect.poll(() => asked).toContain(`${SITE}/_search/titles2`);
    expect(asked.filter((path) => /texts/.test(path))).toEqual([]);
    await page.keyboard.type("we");
    await expect.poll(() => asked).toContain(`${SITE}/_search/texts2`);
  });

  test("is worked with the keyboard alone", async () => {
    await search("setu");
    await expect.poll(found).toEqual(["Setup", "Using it"]);
    expect(await box().getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("[aria-selected=true]").textContent()).toBe("Using it");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("[aria-selected=true]").textContent()).toBe("Setup");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("option").count()).toBe(0);
    await page.keyboard.type("p");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${ORIGIN}${SITE}/guide/setup`);
  });

  test("shows what it finds within the window, also on a phone", async () => {
    await search("setu");
    await expect.poll(found).toHaveLength(2);
    for (const width of [1100, 380]) {
      await page.setViewportSize({ width, height: 700 });
      const place = await page.getByRole("listbox").boundingBox();
      expect(place?.x).toBeGreaterThanOrEqual(0);
      expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(width);
    }
  });

  test("leads to the heading that was meant", async () => {
    await search("remov");
    await expect.poll(found).toEqual(["SetupRemoving"]);
    await page.getByRole("option").click();
    await page.waitForURL(`${ORIGIN}${SITE}/guide/setup#removing`);
  });

  test("goes on without a network", async () => {
    await search("we");
    await expect.poll(found).toEqual(["Home"]);
    await context.setOffline(true);
    await box().fill("linux");
    expect(await found()).toEqual(["Setup"]);
    await box().fill("nowhere");
    await expect.poll(() => page.getByRole("status").textContent()).toBe("Nothing found");
  });

  test("says so when it can't search everything", async () => {
    broken = `${SITE}/_search/texts2`;
    await search("setup");
    await expect.poll(() => page.getByRole("status").textContent()).toMatch(/can’t be searched/);
    expect(await found()).toEqual(["Setup"]);
  });

  test("leaves a slash that is typed elsewhere alone, and closes on a click beside it", async () => {
    await search("a/b");
    expect(await box().inputValue()).toBe("a/b");
    await box().fill("setup");
    await expect.poll(found).toHaveLength(2);
    await page.locator("main").click();
    expect(await page.getByRole("option").count()).toBe(0);
  });
});
