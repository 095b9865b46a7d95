/** The editor's app in a real browser, with the platform behind it played by the test. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Role } from "../../../shared/roles.ts";
import { openBrowser } from "../../browser.ts";
import { ARTEFACTS, answerFor, answerForApp, ORIGIN, PROJECT, sendFile } from "./app-files.ts";
import { Wire } from "./wire.ts";

export interface Project {
  /** The document that is open, and its text. */
  readonly path: string;
  readonly text: string;
  /** The folder that holds its files; the ones that are not there are not found. */
  readonly folder: string;
  /** Paths of the project's files. */
  readonly files: readonly string[];
  readonly role?: Role;
}

/**
 * The app in a browser for the tests of a block, which is started before them and ended behind them.
 * @param flags of the browser
 */
export function useApp(flags: readonly string[] = []): AppInBrowser {
  let started: Browser | undefined;
  beforeAll(async () => {
    await mkdir(ARTEFACTS, { recursive: true });
    started = await openBrowser(flags);
  });
  afterAll(() => started?.close());
  const played: { readonly page: Page; readonly thrown: string[] }[] = [];
  afterEach(async () => {
    for (const { page, thrown } of played.splice(0)) {
      await page.close();
      expect(thrown).toEqual([]);
    }
  });
  const newPage = (options: BrowserContextOptions = {}) => {
    if (!started) throw new Error("the browser is there while a test runs");
    return started.newPage(options);
  };
  return {
    async open(project, options = {}, wire = new Wire(project.text, project.role ?? "owner")) {
      const page = await newPage({ viewport: { width: 1280, height: 900 }, ...options });
      page.setDefaultTimeout(20_000);
      await page.routeWebSocket(/\/editor\/sync/, (socket) => wire.connect(socket));
      await page.route("**/*", (route) => answerFrom(route, project));
      await page.goto(`${ORIGIN}/edit/@demo/thesis/${project.path}`);
      await page.locator(".sync", { hasText: "Saved" }).waitFor();
      return { page, wire };
    },
    async play(answer, options) {
      const page = await newPage({ viewport: { width: 1280, height: 720 }, ...options });
      const thrown: string[] = [];
      played.push({ page, thrown });
      page.setDefaultTimeout(5_000);
      page.on("pageerror", ({ message }) => thrown.push(message));
      await page.route(`${ORIGIN}/**`, async (route) => {
        if (!(await answerForApp(route))) await answer(route);
      });
      return page;
    },
    async show(path, project, more, options) {
      const page = await newPage(options);
      await page.route("**/*", (route) => answerFrom(route, project, more));
      await page.goto(`${ORIGIN}${path}`);
      return page;
    },
  };
}

/** Answers what pages of app and site load. `more` answers what else they ask for, by path; null is "not found". */
async function answerFrom(
  route: Route,
  project: Project,
  more: (path: string) => string | null = () => null,
): Promise<void> {
  const url = new URL(route.request().url());
  const { pathname } = url;
  // Nothing of the world outside is there.
  if (url.origin !== ORIGIN) return route.abort();
  if (pathname.endsWith("/file")) return sendFile(route, join(project.folder, url.searchParams.get("path") ?? ""));
  if (pathname === "/frame") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
  if (await answerForApp(route)) return;
  const text = more(pathname);
  if (text !== null) return route.fulfill({ contentType: "text/html", body: text });
  const { role = "owner", files } = project;
  return route.fulfill({ json: answerFor(pathname, role, files) ?? { sandboxes: [] } });
}

export interface AppInBrowser {
  /** Opens the document in the editor; with the wire of somebody else who has it open, the same document. */
  open(project: Project, options?: BrowserContextOptions, wire?: Wire): Promise<Opened>;
  /**
   * An empty page, for the app in front of a platform that the test plays: all that is not the app's own is asked of `answer`. It is
   * closed behind the test, which fails if the page has thrown something.
   */
  play(answer: (route: Route) => Promise<void>, options?: BrowserContextOptions): Promise<Page>;
  /** A page at that path of the origin. `more` answers what else it asks for, by path; null is "not found". */
  show(
    path: string,
    project: Project,
    more?: (path: string) => string | null,
    options?: BrowserContextOptions,
  ): Promise<Page>;
}

export interface Opened {
  readonly page: Page;
  readonly wire: Wire;
}

export const fileAddress = (path: string) => `/api/projects/${PROJECT}/file?path=${encodeURIComponent(path)}`;

/** Until parts of the app that are loaded behind the document are there, and do their work. @param parts by their files' names */
export async function loaded(page: Page, ...parts: readonly string[]): Promise<void> {
  // As text: an import in a function would become one of the test's own modules.
  const areThere = `(async () => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const urls = ${JSON.stringify(parts)}.map((part) => loaded.find((name) => name.includes("/" + part + "-")));
    if (urls.includes(undefined)) return false;
    await Promise.all(urls.map((url) => import(url)));
    return new Promise((done) => setTimeout(() => done(true)));
  })()`;
  await expect.poll(() => page.evaluate(areThere), { timeout: 20_000 }).toBe(true);
}

/**
 * What the page's main thread has done so far, in milliseconds: of the processor, not of the clock, because tests run beside others.
 * @param what all of its tasks, or their scripts alone
 */
export async function processorTime(
  page: Page,
  what: "TaskDuration" | "ScriptDuration",
): Promise<() => Promise<number>> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === what)?.value ?? 0) * 1000;
  };
}
