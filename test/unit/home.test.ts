/** A person's projects in a real browser, in front of an API that the test answers. Pictures are kept in test/artefacts. */
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import { hasBrowser } from "../browser.ts";
import { violationsOn } from "./axe.ts";
import { useApp } from "./editor/app.ts";
import { ARTEFACTS, ME, ORIGIN, PROJECT } from "./editor/app-files.ts";

const live = {
  published: true,
  title: "My <Thesis>",
  url: "@demo/thesis",
  visibility: "public",
  version: 3,
  publishedAt: "2026-03-01T10:00:00.000Z",
  pages: 12,
  problem: null,
};
const project = (slug: string, more: object = {}) => ({
  projectId: PROJECT,
  slug,
  owner: { handle: "demo" },
  role: "owner",
  site: null,
  active: "2026-02-01T10:00:00.000Z",
  ...more,
});

describe.skipIf(!hasBrowser)("at home", () => {
  const app = useApp();
  let page: Page;
  let projects: object[];
  let isSignedIn: boolean;
  /** What a request for a new project is refused with. */
  let refusal: Fault | null;
  let asked: unknown[];
  let loaded: string[];

  beforeEach(async () => {
    projects = [];
    isSignedIn = true;
    refusal = null;
    [asked, loaded] = [[], []];
    page = await app.play(answer);
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  });

  async function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/api/me") {
      const fault = new Fault("unauthenticated", "sign in first");
      if (!isSignedIn) return route.fulfill({ status: fault.status, json: fault.toBody() });
      return route.fulfill({ json: { user: { userId: ME, handle: "demo", name: "Demo" } } });
    }
    if (pathname !== "/api/projects") return route.fulfill({ status: 404, json: {} });
    if (route.request().method() === "GET") return route.fulfill({ json: { projects } });
    asked.push(route.request().postDataJSON());
    if (refusal) return route.fulfill({ status: refusal.status, json: refusal.toBody() });
    const { name } = route.request().postDataJSON();
    return route.fulfill({ status: 201, json: { projectId: PROJECT, owner: { handle: "demo" }, slug: name } });
  }

  const open = async () => {
    await page.goto(`${ORIGIN}/`);
    await page.getByRole("heading", { level: 1 }).waitFor();
  };
  const rows = () => page.getByRole("list", { name: "Projects" }).getByRole("listitem");
  const form = () => page.getByRole("form", { name: "New project" });
  const field = (name: string) => form().getByLabel(name, { exact: true });
  const isFocused = (name: string) => field(name).evaluate((it) => it === document.activeElement);

  test("each project says whose it is, what one may do there, where it is live, and when it was last heard of", async () => {
    projects = [project("thesis", { site: live }), project("waves", { owner: { handle: "alice" }, role: "runner" })];
    await open();
    const [first, second] = [rows().nth(0), rows().nth(1)];
    expect(await first.getByRole("link", { name: "thesis", exact: true }).getAttribute("href")).toBe(
      "/edit/@demo/thesis",
    );
    expect(await first.getByRole("link", { name: "Live at /@demo/thesis" }).getAttribute("href")).toBe("/@demo/thesis");
    expect(await first.textContent()).toMatch(/@demo · owner · active .*2026.*published .*2026/);
    expect(await second.textContent()).toMatch(/waves@alice · runner · active/);
    expect(await second.getByRole("link").count()).toBe(1);
    expect(await page.getByLabel("Find a project").count()).toBe(0);
    expect(await form().isVisible()).toBe(false);
    expect(await page.getByRole("link", { name: "Usage" }).getAttribute("href")).toBe("/usage");
  });

  test("nothing of the editor is loaded for it", async () => {
    await open();
    expect(loaded.filter((path) => /workspace|usage/.test(path))).toEqual([]);
    expect(loaded.filter((path) => /\/home-\w+\.js$/.test(path))).toHaveLength(1);
  });

  test("more than eight are found by their names, titles and owners", async () => {
    projects = [
      ...["a", "b", "c", "d", "e", "f", "g"].map((slug) => project(slug)),
      project("thesis", { site: live }),
      project("waves", { owner: { handle: "alice" } }),
    ];
    await open();
    expect(await rows().count()).toBe(9);
    const filter = page.getByLabel("Find a project");
    for (const [wanted, names] of [
      ["WAV", ["waves"]],
      ["alice waves", ["waves"]],
      ["<thesis>", ["thesis"]],
      ["no such", []],
      ["", ["a", "b", "c", "d", "e", "f", "g", "thesis", "waves"]],
    ] as const) {
      await filter.fill(wanted);
      expect(await rows().locator(".name").allTextContents()).toEqual(names);
    }
    await filter.fill("no such");
    await page.getByRole("status").filter({ hasText: "No project is called so." }).waitFor();
    await filter.fill("s");
    await page.getByRole("status").filter({ hasText: "2 of 9" }).waitFor();
  });

  test("one is begun by the keyboard alone, and opened", async () => {
    projects = [project("thesis")];
    await open();
    const button = page.getByRole("button", { name: "New project" });
    await button.focus();
    await page.keyboard.press("Enter");
    expect([await isFocused("Title"), await button.getAttribute("aria-expanded")]).toEqual([true, "true"]);
    await page.keyboard.type("My Thèsis: 2");
    expect(await field("Name").inputValue()).toBe("my-thesis-2");
    await form().getByText("Its address will be /edit/@demo/my-thesis-2").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${ORIGIN}/edit/@demo/my-thesis-2`);
    expect(asked).toEqual([{ title: "My Thèsis: 2", name: "my-thesis-2" }]);
  });

  test("a name that was chosen follows the title no more", async () => {
    await open();
    await field("Title").fill("First");
    await field("Name").fill("mine");
    await field("Title").fill("Second");
    expect(await field("Name").inputValue()).toBe("mine");
    await field("Name").fill("");
    await field("Title").fill("Third");
    expect(await field("Name").inputValue()).toBe("third");
  });

  test("who has none is offered to begin one at once, and what is wrong with a name is said before it is sent", async () => {
    await open();
    await page.getByText("No projects yet.").waitFor();
    expect(await form().isVisible()).toBe(true);
    await field("Title").fill("日本語");
    await page.keyboard.press("Enter");
    const rule = "a project's name has 1 to 100 of a-z, 0-9 and inner . _ -.";
    await form().getByRole("alert").filter({ hasText: rule }).waitFor();
    await field("Name").fill("My Thesis");
    await page.keyboard.press("Enter");
    await form().getByRole("alert").filter({ hasText: rule }).waitFor();
    await field("Title").fill(" ");
    await page.keyboard.press("Enter");
    await form().getByRole("alert").filter({ hasText: "a project needs a title." }).waitFor();
    expect(asked).toEqual([]);
    expect(await violationsOn(page)).toEqual([]);
  });

  test("a name that is taken is refused in the platform's words, and what was typed is still there", async () => {
    await open();
    refusal = new Fault("conflict", 'you have a project "thesis" already; choose another name');
    await field("Title").fill("Thesis");
    await form().getByRole("button", { name: "Make the project" }).click();
    await form().getByRole("alert").filter({ hasText: refusal.message }).waitFor();
    expect(await field("Title").inputValue()).toBe("Thesis");
    expect(new URL(page.url()).pathname).toBe("/");
  });

  test("a stranger is asked to sign in", async () => {
    isSignedIn = false;
    await open();
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(loaded).not.toContain("/api/projects");
    await page.route(`${ORIGIN}/auth/**`, (route) => route.fulfill({ body: "" }));
    await page.goto(`${ORIGIN}/edit/@demo/thesis?snapshot=${ME}`);
    await page.waitForURL(`${ORIGIN}/auth/sign-in?return=${encodeURIComponent(`/edit/@demo/thesis?snapshot=${ME}`)}`);
  });

  test.each(["light", "dark"] as const)("it fits a narrow screen and can be read in the %s", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    projects = [
      project("thesis", { site: live }),
      project("x".repeat(90), { owner: { handle: "a".repeat(39) }, role: "editor", site: live }),
      ...["a", "b", "c", "d", "e", "f", "g"].map((slug) => project(slug)),
    ];
    for (const [width, name] of [
      [1280, "wide"],
      [390, "narrow"],
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await open();
      await page.getByRole("button", { name: "New project" }).click();
      await page.screenshot({ path: join(ARTEFACTS, `home-${name}-${scheme}.png`) });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await violationsOn(page)).toEqual([]);
    }
  });
});
