/** The editor's app in a real browser, with the platform behind it played by the test. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build } from "esbuild";
import type { Browser, BrowserContextOptions, Page, Route } from "playwright-core";
import type { Role } from "../../../shared/roles.ts";
import { Wire } from "./wire.ts";

const ROOT = join(import.meta.dirname, "../../..");
export const ARTEFACTS = join(ROOT, "test/artefacts");
/** A name that browsers take for secure without TLS. Nothing listens there: each request is answered by the test. */
export const ORIGIN = "http://localhost:7";
export const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
const ME = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12";
/** As edge/app/page.ts has it. */
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>markco</title>
  <meta name="color-scheme" content="light dark">
  <link rel="stylesheet" href="/reader/theme.css"><link rel="stylesheet" href="/app/main.css">
  <script type="module" src="/app/main.js"></script></head><body class="app"><div id="app"></div></body></html>`;
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".html": "text/html",
};

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

/** The bundles of app and theme, in a folder of their own. */
export class App {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async bundle(): Promise<App> {
    const folder = await mkdtemp(join(tmpdir(), "editor-"));
    await mkdir(ARTEFACTS, { recursive: true });
    const common = { bundle: true, absWorkingDir: ROOT, logLevel: "silent", minify: true } as const;
    await Promise.all([
      build({
        ...common,
        outdir: join(folder, "app"),
        entryPoints: ["images/editor/app/main.ts", "images/editor/app/blocks/worker.ts"],
        format: "esm",
        splitting: true,
      }),
      build({
        ...common,
        outdir: join(folder, "reader"),
        entryPoints: ["reader/theme/theme.css"],
        loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
      }),
    ]);
    return new App(folder);
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }

  /** Answers what pages of app and site load. `more` answers what else they ask for, by path; null is "not found". */
  async serve(page: Page, project: Project, more: (path: string) => string | null = () => null): Promise<void> {
    await page.route("**/*", (route) => this.#answer(route, project, more));
  }

  /** Opens the document in the editor; with the wire of somebody else who has it open, the same document. */
  async open(
    browser: Browser,
    project: Project,
    options: BrowserContextOptions = {},
    wire = new Wire(project.text, project.role ?? "owner"),
  ): Promise<Opened> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.setDefaultTimeout(20_000);
    await page.routeWebSocket(/\/editor\/sync/, (socket) => wire.connect(socket));
    await this.serve(page, project);
    await page.goto(`${ORIGIN}/edit/@demo/thesis/${project.path}`);
    await page.locator(".sync", { hasText: "Saved" }).waitFor();
    return { page, wire };
  }

  async #answer(route: Route, project: Project, more: (path: string) => string | null): Promise<void> {
    const url = new URL(route.request().url());
    const { pathname } = url;
    // Nothing of the world outside is there.
    if (url.origin !== ORIGIN) return route.abort();
    const file = (path: string) =>
      readFile(path).then(
        (body) => route.fulfill({ body, contentType: TYPES[extname(path)] ?? "text/plain" }),
        () => route.fulfill({ status: 404, json: { error: { code: "not_found", message: "not found" } } }),
      );
    if (pathname.startsWith("/edit/")) return route.fulfill({ contentType: "text/html", body: PAGE });
    if (/^\/(?:app|reader)\//.test(pathname)) return file(join(this.#folder, pathname));
    if (pathname.endsWith("/file")) return file(join(project.folder, url.searchParams.get("path") ?? ""));
    if (pathname === "/frame") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
    const text = more(pathname);
    if (text !== null) return route.fulfill({ contentType: "text/html", body: text });
    return route.fulfill({ json: api(pathname, project) });
  }
}

export interface Opened {
  readonly page: Page;
  readonly wire: Wire;
}

function api(pathname: string, { files, role = "owner" }: Project): object {
  if (pathname === "/api/me") return { user: { userId: ME, handle: "demo", name: "Demo" } };
  if (pathname.startsWith("/api/by-name/")) return { projectId: PROJECT, role };
  if (pathname.endsWith("/sandboxes")) return { sandboxes: [] };
  return {
    projectId: PROJECT,
    owner: { userId: ME, handle: "demo" },
    slug: "thesis",
    files: files.map((path) => ({ path, bytes: 1 })),
    site: { published: false, url: null, visibility: null, version: 0, pages: 0, problem: null },
    runtime: null,
    role,
  };
}

export const fileAddress = (path: string) => `/api/projects/${PROJECT}/file?path=${encodeURIComponent(path)}`;
