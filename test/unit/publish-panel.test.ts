/** Where the site is, since when, and publishing it, in a real browser in front of an API that the test answers. Pictures are kept in test/artefacts. */
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import type { SiteState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Role } from "../../shared/roles.ts";
import { hasBrowser } from "../browser.ts";
import { PART_RULES, violationsOn } from "./axe.ts";
import { useApp } from "./editor/app.ts";
import { ARTEFACTS, answerFor, ORIGIN, PROJECT } from "./editor/app-files.ts";

const UNPUBLISHED: SiteState = {
  published: false,
  title: null,
  url: null,
  visibility: null,
  version: 0,
  publishedAt: null,
  pages: 0,
  problem: null,
  unreachable: [],
};
const LIVE: SiteState = {
  ...UNPUBLISHED,
  published: true,
  title: "My Thesis",
  url: "@demo/thesis",
  visibility: "unlisted",
  version: 3,
  publishedAt: "2026-03-01T10:00:00.000Z",
  pages: 12,
};

describe.skipIf(!hasBrowser)("the project's site", () => {
  const app = useApp();
  let page: Page;
  let role: Role;
  let site: SiteState;
  /** What publishing comes to. */
  let next: SiteState | Fault = LIVE;
  let published: number;

  beforeEach(async () => {
    role = "editor";
    site = LIVE;
    published = 0;
    page = await app.play(answer);
  });

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    if (pathname.endsWith("/publish")) {
      published++;
      if (next instanceof Fault) return route.fulfill({ status: next.status, json: next.toBody() });
      site = next;
      return route.fulfill({ json: site });
    }
    const known = answerFor(pathname, role, ["mrmd.md"]) ?? { sandboxes: [] };
    return route.fulfill({ json: pathname === `/api/projects/${PROJECT}` ? { ...known, site } : known });
  }

  const open = async () => {
    await page.goto(`${ORIGIN}/edit/@demo/thesis/mrmd.md`);
    await page.locator(".cm-content").waitFor();
  };
  const indicator = () => page.locator(".top .live");
  const opener = () => page.getByRole("button", { name: "Publish", exact: true });
  const panel = () => page.getByRole("dialog", { name: "Publish" });
  const openPanel = async () => {
    await open();
    await opener().focus();
    await page.keyboard.press("Enter");
    await panel().getByRole("button", { name: "Publish now" }).waitFor();
  };
  const says = (text: string) => panel().getByRole("status").filter({ hasText: text }).waitFor();

  test("is named with its address and when it was published, with the hour if that is today", async () => {
    await open();
    await indicator().getByText("published").waitFor();
    expect(await indicator().getByRole("link", { name: "Live at /@demo/thesis" }).getAttribute("href")).toBe(
      "/@demo/thesis",
    );
    const time = () => indicator().getByRole("time");
    expect(await time().textContent()).toMatch(/2026/);
    expect(await time().getAttribute("datetime")).toBe(LIVE.publishedAt);
    site = { ...LIVE, publishedAt: new Date().toISOString() };
    await expect.poll(() => time().textContent(), { timeout: 5_000 }).toMatch(/^\d+:\d\d/);
    expect(await time().getAttribute("title")).toMatch(/\d{4}/);
  });

  test("has no time where none was told, and what is wrong stands beside it", async () => {
    site = { ...LIVE, publishedAt: null, problem: "mrmd.md:3: wrong", unreachable: ["b.md: a.md has its address"] };
    await open();
    await indicator().getByText("Not published: mrmd.md:3: wrong").waitFor();
    expect(await indicator().getByText("1 not shown").getAttribute("title")).toBe("b.md: a.md has its address");
    expect(await indicator().getByRole("time").count()).toBe(0);
    await opener().click();
    await panel().getByText("The newest state is not published: mrmd.md:3: wrong").waitFor();
    await panel().getByRole("listitem").filter({ hasText: "b.md: a.md has its address" }).waitFor();
  });

  test("is published by the keyboard alone, and the time at the top is the new one", async () => {
    next = { ...LIVE, version: 4, pages: 13, publishedAt: "2026-04-02T10:00:00.000Z" };
    await openPanel();
    await panel().getByText("for who knows the address · 12 pages").waitFor();
    // The focus is on what the panel is for.
    await page.locator("button:focus", { hasText: "Publish now" }).waitFor();
    await page.keyboard.press("Enter");
    await says("Version 4 is live.");
    await panel().getByText("13 pages").waitFor();
    await indicator().locator('time[datetime="2026-04-02T10:00:00.000Z"]').waitFor();
    expect(await panel().isVisible()).toBe(true);
    await page.keyboard.press("Enter");
    await says("Readers have the newest already.");
    expect(published).toBe(2);
    await page.keyboard.press("Escape");
    expect(await opener().evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test("is refused in the platform's words, and what is live stays", async () => {
    next = new Fault("invalid", 'mrmd.md:3: publish.visibility: "open" is not one of public, unlisted, private');
    await openPanel();
    await panel().getByRole("button", { name: "Publish now" }).click();
    await panel().getByRole("alert").filter({ hasText: next.message }).waitFor();
    await panel().getByRole("link", { name: "/@demo/thesis" }).waitFor();
  });

  test("is nothing yet where mrmd.md does not say so, and the panel has the lines for it", async () => {
    site = UNPUBLISHED;
    await openPanel();
    expect(await indicator().getByRole("link").count()).toBe(0);
    await panel().getByText('url: "@demo/thesis"').waitFor();
    expect(await violationsOn(page, { within: ".panel:popover-open", rules: PART_RULES })).toEqual([]);
  });

  test("can be seen, and not published, by who may not write", async () => {
    role = "runner";
    await open();
    await indicator().getByRole("link").waitFor();
    expect(await opener().count()).toBe(0);
  });

  test.each(["light", "dark"] as const)("is published from a narrow screen, too, in the %s", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 390, height: 780 });
    site = { ...LIVE, problem: `mrmd.md:3: ${"x".repeat(120)}` };
    await openPanel();
    await page.screenshot({ path: join(ARTEFACTS, `publish-${scheme}.png`) });
    const box = await panel().boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(await panel().evaluate((it) => it.scrollWidth <= it.clientWidth)).toBe(true);
    expect(await violationsOn(page, { within: ".panel:popover-open", rules: PART_RULES })).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 780 });
    await page.keyboard.press("Escape");
    await page.screenshot({ path: join(ARTEFACTS, `publish-bar-${scheme}.png`) });
    expect(await violationsOn(page, { within: ".top", rules: PART_RULES })).toEqual([]);
  });
});
