/** The editor without a connection: what is typed is kept in the browser, through a reload, and arrives once. */
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasBrowser, openBrowser } from "../../browser.ts";
import { PART_RULES, violationsOn } from "../axe.ts";
import { ARTEFACTS } from "./app-files.ts";
import { OfflinePlatform } from "./offline-platform.ts";

describe.skipIf(!hasBrowser)("the editor without a connection", { timeout: 60_000 }, () => {
  let platform: OfflinePlatform;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];
  beforeAll(async () => {
    [platform, browser] = await Promise.all([OfflinePlatform.start(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
  });
  beforeEach(async () => {
    platform.person = "demo";
    platform.role = "owner";
    await platform.write("a.md", "# Heading\n\nFirst.\n");
    await platform.write("b.md", "Other.\n");
    problems = [];
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await newPage();
  });
  afterEach(async () => {
    await context.close();
    await platform.goAway();
    await platform.comeBack();
    await platform.forgetLineage("a.md").catch(() => {});
    expect(problems).toEqual([]);
  });

  async function newPage(): Promise<Page> {
    const made = await context.newPage();
    made.setDefaultTimeout(15_000);
    made.on("pageerror", ({ message }) => problems.push(message));
    return made;
  }

  const until = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 15_000 });
  const state = (of = page) => of.locator(".sync").getAttribute("data-state");
  const text = (of = page) => of.locator(".cm-content").innerText();

  /** Opens the document, and waits until all that a reload needs is there. */
  async function open(path = "a.md", of = page): Promise<void> {
    await of.goto(platform.address(path));
    await until(() => state(of)).toBe("saved");
    await of.evaluate(
      async (paths) => {
        const isKept = async () => {
          const workers = await navigator.serviceWorker.getRegistrations();
          const found = await Promise.all(paths.map((path) => caches.match(path)));
          return workers.filter(({ active }) => active?.state === "activated").length === 2 && found.every(Boolean);
        };
        while (!(await isKept())) await new Promise((resolve) => setTimeout(resolve, 50));
      },
      ["/app/blocks/worker.js", "/api/me", "/api/by-name/@demo/thesis"],
    );
  }
  async function goAway(of = page): Promise<void> {
    await platform.goAway();
    await context.setOffline(true);
    await until(() => state(of)).toBe("offline");
  }
  async function comeBack(of = page): Promise<void> {
    await platform.comeBack();
    await context.setOffline(false);
    await until(() => state(of)).toBe("saved");
  }
  async function type(words: string, of = page): Promise<void> {
    await of.locator(".cm-content").focus();
    await of.keyboard.press("Control+End");
    await of.keyboard.type(words);
    await until(() => mayGo(of)).toBe(true);
  }
  /** The page lets the person leave without asking whether to lose what was typed. */
  const mayGo = (of = page) => of.evaluate(() => window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
  const times = (words: string, where: string) => where.split(words).length - 1;

  test("keeps what is typed through a reload, shows it at once, and saves it once", async () => {
    await open();
    await goAway();
    await type("Typed offline.");
    await page.reload();
    await until(() => text()).toContain("Typed offline.");
    await until(() => state()).toBe("offline");
    // Blocks are drawn by a script of its own, which has to be there, too.
    await page.locator(".rendered h1", { hasText: "Heading" }).waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "offline.png") });
    await type(" And again.");
    await page.reload();
    await until(() => text()).toContain("Typed offline. And again.");
    await comeBack();
    await until(() => platform.read("a.md")).toBe("# Heading\n\nFirst.\nTyped offline. And again.");
    await page.reload();
    await until(() => state()).toBe("saved");
    expect(times("Typed offline.", await text())).toBe(1);
    expect(await platform.read("a.md")).toBe("# Heading\n\nFirst.\nTyped offline. And again.");
  });

  test("saves what was typed in a document that was left since, in this page and after a reload", async () => {
    await open();
    await goAway();
    await type("Left here.");
    await page.getByRole("link", { name: "B", exact: true }).click();
    await until(() => text()).not.toContain("Left here.");
    await platform.comeBack();
    await context.setOffline(false);
    await until(() => platform.read("a.md")).toContain("Left here.");
    await page.getByRole("link", { name: "A", exact: true }).click();
    await until(() => text()).toContain("Left here.");
    await until(() => state()).toBe("saved");
    await goAway();
    await type(" And there.");
    await page.goto(platform.address("b.md"));
    await page.locator(".sync").waitFor();
    await platform.comeBack();
    await context.setOffline(false);
    await until(() => platform.read("a.md")).toContain("Left here. And there.");
    expect(times("Left here.", await platform.read("a.md"))).toBe(1);
  });

  test("keeps what was typed right before the reload, when no other word has come back from the server", async () => {
    await open();
    await type("Typed online.");
    await goAway();
    await page.reload();
    await until(() => text()).toContain("Typed online.");
    await comeBack();
    await until(() => platform.read("a.md")).toBe("# Heading\n\nFirst.\nTyped online.");
  });

  test("puts it into the document that the server has in its place by then, once", async () => {
    await open();
    await goAway();
    await type("Typed offline.");
    await page.reload();
    await until(() => text()).toContain("Typed offline.");
    await platform.write("a.md", "# Heading\n\nBetween.\n\nFirst.\n");
    await platform.forgetLineage("a.md");
    await comeBack();
    const both = "# Heading\n\nBetween.\n\nFirst.\nTyped offline.";
    await until(() => platform.read("a.md")).toBe(both);
    await page.locator(".problem", { hasText: "replaced on the server" }).waitFor();
    await page.reload();
    await until(() => state()).toBe("saved");
    await until(() => platform.read("a.md")).toBe(both);
    expect(times("Typed offline.", await text())).toBe(1);
  });

  test("does so in a page that stays open, and where the browser keeps nothing", async () => {
    await context.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
    await page.goto(platform.address("a.md"));
    await until(() => state()).toBe("saved");
    await goAway();
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("Typed offline.");
    // As ever: it would be lost with the page, and the person is asked.
    expect(await mayGo()).toBe(false);
    await platform.write("a.md", "# Heading\n\nBetween.\n\nFirst.\n");
    await platform.forgetLineage("a.md");
    await comeBack();
    await until(() => platform.read("a.md")).toBe("# Heading\n\nBetween.\n\nFirst.\nTyped offline.");
    expect(await mayGo()).toBe(true);
  });

  test("shows what can't be put there, because the person may not write any more, until they discard it", async () => {
    await open();
    await goAway();
    await type("Typed offline.");
    platform.role = "viewer";
    await platform.forgetLineage("a.md");
    await comeBack();
    const left = page.getByRole("region", { name: "Not saved" });
    await until(() => left.getByRole("textbox").inputValue()).toContain("Typed offline.");
    await page.screenshot({ path: join(ARTEFACTS, "offline-left.png") });
    expect(await violationsOn(page, { within: ".left", rules: PART_RULES })).toEqual([]);
    await page.reload();
    await left.waitFor();
    await left.getByRole("button", { name: "Discard" }).click();
    await left.getByRole("button", { name: "Discard now" }).click();
    await left.waitFor({ state: "detached" });
    await page.reload();
    await until(() => state()).toBe("saved");
    expect(await left.count()).toBe(0);
    expect(await platform.read("a.md")).toBe("# Heading\n\nFirst.\n");
  });

  test("says that it is not saved if the right to write went meanwhile, also after a reload", async () => {
    await open();
    await goAway();
    await type("Typed offline.");
    platform.role = "viewer";
    await platform.comeBack();
    await context.setOffline(false);
    await until(() => state()).toBe("refused");
    await page.reload();
    await until(() => state()).toBe("refused");
    platform.role = "owner";
    await page.reload();
    await until(() => platform.read("a.md")).toBe("# Heading\n\nFirst.\nTyped offline.");
  });

  test("loses and doubles nothing that two tabs of one browser type", async () => {
    await open();
    const other = await newPage();
    await open("a.md", other);
    await goAway();
    await goAway(other);
    await type("From the first.\n");
    await type("From the second.\n", other);
    // One of them sees what both have typed, and both have it to save.
    await page.reload();
    await until(() => text()).toContain("From the first.");
    await until(() => text()).toContain("From the second.");
    await type("Last.\n");
    await platform.comeBack();
    await context.setOffline(false);
    await until(() => state()).toBe("saved");
    await until(() => state(other)).toBe("saved");
    for (const words of ["From the first.", "From the second.", "Last."])
      await until(async () => times(words, await platform.read("a.md"))).toBe(1);
    await until(() => text(other)).toContain("Last.");
    await page.reload();
    await until(() => state()).toBe("saved");
    for (const words of ["From the first.", "From the second.", "Last."]) expect(times(words, await text())).toBe(1);
  });

  const keptText = () =>
    page.evaluate(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name);
      const caches_ = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return { names, answers: caches_.flat().filter(({ url }) => url.includes("/api/")).length };
    });

  test("keeps nothing of a person who signs out, and asks first if something is not saved", async () => {
    await open();
    expect(await keptText()).toEqual({ names: ["markco"], answers: 3 });
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${platform.origin}/`);
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(await keptText()).toEqual({ names: [], answers: 0 });
    platform.person = "demo";
    await open();
    await goAway();
    await type("Typed offline.");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("edits that are not saved yet").waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "offline-sign-out.png") });
    expect(await violationsOn(page, { within: ".sign-out", rules: PART_RULES })).toEqual([]);
    await page.getByRole("button", { name: "Cancel" }).click();
    await comeBack();
    await until(() => platform.read("a.md")).toContain("Typed offline.");
  });

  test("a tab that is still open when the person signs out in another keeps nothing more", async () => {
    await open();
    const other = await newPage();
    await open("a.md", other);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await other.bringToFront();
    await type("Still here.", other);
    await until(() => platform.read("a.md")).toContain("Still here.");
    expect(await keptText()).toEqual({ names: [], answers: 0 });
  });

  test("shows nothing of it to somebody else who signs in", async () => {
    await open();
    await goAway();
    await type("Typed offline.");
    await page.goto("about:blank");
    platform.person = "alice";
    await platform.comeBack();
    await context.setOffline(false);
    await open();
    expect(await text()).not.toContain("Typed offline.");
    await platform.goAway();
    await page.reload();
    await until(() => state()).toBe("offline");
    await page.getByText("@alice").waitFor();
    expect(await text()).not.toContain("Typed offline.");
    // It was never saved: whose it is finds it.
    await platform.comeBack();
    platform.person = "demo";
    await open();
    await until(() => platform.read("a.md")).toContain("Typed offline.");
  });

  test("deletes what it kept of a project that is not shared any more", async () => {
    await open();
    platform.role = null;
    await page.reload();
    await page.getByText("There is no such project").waitFor();
    const rows = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            indexedDB.open("markco").onsuccess = ({ target }) => {
              const database: IDBDatabase = (target as IDBOpenDBRequest).result;
              const counted = database.transaction("rows").objectStore("rows").count();
              counted.onsuccess = () => {
                database.close();
                resolve(counted.result);
              };
            };
          }),
      );
    await until(rows).toBe(0);
    await platform.goAway();
    await page.reload();
    await page.getByText("does not answer").waitFor();
  });

  test("a deploy is seen with the next reload, and kept", async () => {
    await open();
    platform.release = "second";
    const release = () => page.locator("meta[name=release]").getAttribute("content");
    await page.reload();
    expect(await release()).toBe("second");
    await until(() => state()).toBe("saved");
    await platform.goAway();
    await page.reload();
    await until(() => state()).toBe("offline");
    expect(await release()).toBe("second");
    platform.release = "first";
  });

  test("the operator can take the worker out of all browsers", async () => {
    await open();
    platform.isOff = true;
    await page.reload();
    await until(() => page.evaluate(async () => (await caches.keys()).length)).toBe(0);
    // It deletes first what was kept, and goes then.
    await until(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
    await until(() => state()).toBe("saved");
    await platform.goAway();
    await expect(page.reload()).rejects.toThrow("ERR_CONNECTION_REFUSED");
    platform.isOff = false;
    problems.length = 0;
  });
});
