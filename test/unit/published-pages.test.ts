/** Published pages in a real browser: for everyone, on a phone and a desk, by keyboard, on paper, and without scripts. */
import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { hasBrowser, openBrowser } from "../browser.ts";
import { publishPages, type ShownPages } from "../edge/pages.ts";
import { PublishedEdge } from "../edge/published-edge.ts";
import { CORPUS } from "../platform/platform.ts";
import { violationsOn } from "./axe.ts";

/** All else that axe looks at is the same in the dark. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
/** axe looks at each element of a page with thousands; on a machine that does more than this it takes its time. */
const SLOW = { timeout: 90_000 };
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

const hasWhatItNeeds = hasBrowser && existsSync(CORPUS);

describe.skipIf(!hasWhatItNeeds)("published pages", () => {
  let edge: PublishedEdge;
  let browser: Browser;
  let pages: ShownPages;
  beforeAll(async () => {
    [edge, browser] = await Promise.all([PublishedEdge.start(), openBrowser()]);
    pages = await publishPages(edge);
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.stop();
  });

  /** Opens a page, and fails if it says anything in the console. */
  async function visit(url: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>) {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const said: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", ({ message }) => said.push(message));
      await page.goto(url);
      await look(page);
      expect(said).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const looks = (["tour", "tutorial", "generated"] as const).flatMap((name) => [
    { name, size: "phone", viewport: PHONE },
    { name, size: "desk", viewport: DESK },
  ]);

  test.each(looks)("$name on a $size: axe finds nothing, light or dark, and nothing sticks out", SLOW, async (look) => {
    await visit(pages[look.name], { viewport: look.viewport, colorScheme: "light" }, async (page) => {
      await enhanced(page);
      expect(await violationsOn(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violationsOn(page, { rules: COLOUR_RULES })).toEqual([]);
      const widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]";
      const [content, window] = z.tuple([z.number(), z.number()]).parse(await page.evaluate(widths));
      expect(content).toBe(window);
    });
  });

  test("what browsers and search engines ask for unasked is there", async () => {
    const icon = await fetch(`${edge.origin}/favicon.ico`);
    expect([icon.status, icon.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    const robots = await fetch(`${edge.origin}/robots.txt`);
    expect(robots.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await robots.text()).toMatch(/^User-agent: \*\nDisallow: \/api\/\n/);
  });

  test("without scripts a page is whole: its text, its navigation and its colours", async () => {
    await visit(pages.tour, { viewport: PHONE, javaScriptEnabled: false }, async (page) => {
      expect(await page.locator(".prose").innerText()).toContain("The end.");
      expect(await page.locator(".tok-keyword").count()).toBeGreaterThan(0);
      const guide = page.getByRole("navigation", { name: "Contents" });
      expect(await guide.isVisible()).toBe(false);
      await page.getByRole("button", { name: "Contents" }).click();
      expect(await guide.isVisible()).toBe(true);
    });
  });

  test("the keyboard leads past the navigation, and opens and closes it", async () => {
    await visit(pages.tour, { viewport: PHONE }, async (page) => {
      const focused = page.locator(":focus");
      await page.keyboard.press("Tab");
      expect(await focused.innerText()).toBe("Skip to the content");
      expect((await focused.boundingBox())?.y).toBeGreaterThanOrEqual(0);
      await page.keyboard.press("Enter");
      expect(await focused.getAttribute("id")).toBe("page:content");

      await page.getByRole("button", { name: "Contents" }).focus();
      await page.keyboard.press("Enter");
      const contents = page.getByRole("navigation", { name: "Contents" });
      expect(await contents.isVisible()).toBe(true);
      await page.keyboard.press("Escape");
      expect(await contents.isVisible()).toBe(false);
      expect(await focused.innerText()).toBe("Contents");
    });
  });

  test("the keyboard reaches code that is wider than the page, and only such", async () => {
    await visit(pages.tour, { viewport: PHONE }, async (page) => {
      await enhanced(page);
      const wide = page.getByRole("group", { name: "Code" }).filter({ hasText: "for file in" });
      await wide.focus();
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => wide.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0);
      expect(await page.locator("pre[data-language=diff]").getAttribute("tabindex")).toBeNull();
    });
  });

  test("the script adds copying, a choice of colours that stays, and a mark in the outline", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    await visit(pages.tour, { viewport: DESK, colorScheme: "light", permissions }, async (page) => {
      await page.locator("pre[data-language=diff]").hover();
      await page.locator(".copyable", { hasText: "before" }).getByRole("button", { name: "Copy" }).click();
      expect(await page.evaluate("navigator.clipboard.readText()")).toBe("- before\n+ after\n");

      const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
      const light = await background();
      const colours = page.getByRole("button", { name: /^Colors:/ });
      while ((await colours.getAttribute("aria-label")) !== "Colors: dark") await colours.click();
      const dark = await background();
      expect(dark).not.toBe(light);
      await page.reload();
      expect(await background()).toBe(dark);

      await page.locator("#tables").scrollIntoViewIfNeeded();
      await page.evaluate("document.getElementById('tables').scrollIntoView()");
      await page.locator(".outline a[aria-current]", { hasText: "Tables" }).waitFor();
    });
  });

  test("on paper there is the document alone, black on white, with nothing cut off or folded away", async () => {
    await visit(pages.tour, { viewport: DESK, colorScheme: "dark" }, async (page) => {
      await page.emulateMedia({ media: "print" });
      for (const around of [".site-header", ".site-nav", ".outline", ".site-footer", ".neighbours"])
        expect([around, await page.locator(around).isVisible()]).toEqual([around, false]);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
      expect(await page.getByText("Something that most readers skip.").isVisible()).toBe(true);
      const cut =
        "[...document.querySelectorAll('.prose pre')].filter((box) => box.scrollWidth > box.clientWidth).length";
      expect(await page.evaluate(cut)).toBe(0);
    });
  });

  test("nothing moves for those who asked for less of it", async () => {
    await visit(pages.tour, { viewport: DESK, reducedMotion: "reduce" }, async (page) => {
      await enhanced(page);
      const moving = `[...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth";
      }).length`;
      expect(await page.evaluate(moving)).toBe(0);
    });
  });
});

/** The script is deferred: it has run when its first work is there. Then fonts, and what is told after a layout. */
async function enhanced(page: Page): Promise<void> {
  await page.locator(".theme-switch").waitFor();
  await page.evaluate("document.fonts.ready.then(() => {})");
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
}
