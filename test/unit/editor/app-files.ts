/** What the editor's page loads, and what the platform says of a project that is opened in it. */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Route } from "playwright-core";
import { DIST } from "../../../infra/local/folders.ts";
import type { Role } from "../../../shared/roles.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** What is bundled, as browsers ask for it. */
export const ASSETS = join(DIST, "assets");
export const ARTEFACTS = join(ROOT, "test/artefacts");
/** A name that browsers take for secure without TLS. Nothing listens there: each request is answered by the test. */
export const ORIGIN = "http://localhost:7";
export const PROJECT = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";
export const ME = "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12";
/** As edge/app/page.ts has it. */
export const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>markco</title>
  <meta name="color-scheme" content="light dark">
  <link rel="stylesheet" href="/reader/theme.css"><link rel="stylesheet" href="/app/main.css">
  <script type="module" src="/app/main.js"></script></head><body class="app"><div id="app"></div></body></html>`;
export const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".html": "text/html",
};

/** Answers a request for the app's page or for what it loads. Returns false for any other, which is not answered. */
export async function answerForApp(route: Route): Promise<boolean> {
  const { pathname } = new URL(route.request().url());
  if (pathname === "/" || pathname === "/usage" || pathname.startsWith("/edit/"))
    await route.fulfill({ contentType: "text/html", body: PAGE });
  else if (/^\/(?:app|reader)\//.test(pathname))
    await sendFile(route, join(ASSETS, pathname.replace(/\/$/, "/index.html")));
  else return false;
  return true;
}

export function sendFile(route: Route, path: string): Promise<void> {
  return readFile(path).then(
    (body) => route.fulfill({ body, contentType: TYPES[extname(path)] ?? "text/plain" }),
    () => route.fulfill({ status: 404, json: { error: { code: "not_found", message: "not found" } } }),
  );
}

/** What the platform answers before anything else is asked of the project: who asks, and what it is. Null for anything else. */
export function answerFor(pathname: string, role: Role, files: readonly string[]): object | null {
  if (pathname === "/api/me") return { user: { userId: ME, handle: "demo", name: "Demo" } };
  if (pathname.startsWith("/api/by-name/")) return { projectId: PROJECT, role };
  if (pathname !== `/api/projects/${PROJECT}`) return null;
  return {
    projectId: PROJECT,
    owner: { userId: ME, handle: "demo" },
    slug: "thesis",
    files: files.map((path) => ({ path, bytes: 1 })),
    site: { published: false, url: null, visibility: null, version: 0, pages: 0, problem: null, unreachable: [] },
    runtime: null,
    role,
  };
}
