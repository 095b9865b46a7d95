/** What a page may weigh, compressed: its reader has a slow phone, and the Worker a plan that costs nothing. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { DIST } from "../../infra/local/folders.ts";

const KB = 1_000;

const zipped = async (file: string) => gzipSync(await readFile(join(DIST, file)), { level: 9 }).length;

test("the script of pages is at most 10 KB, and not empty", async () => {
  const bytes = await zipped("assets/reader/reader.iife.js");
  expect(bytes).toBeLessThanOrEqual(10 * KB);
  expect(bytes).toBeGreaterThan(500);
});

test("the stylesheet of pages is at most 15 KB", async () => {
  expect(await zipped("assets/reader/theme.css")).toBeLessThanOrEqual(15 * KB);
});

test("the Worker takes less than half of the 3 MB that the free plan allows", async () => {
  expect(await zipped("edge/worker.js")).toBeLessThan(1.5 * 1_000 * KB);
});

/** A script and all that it imports, without what it loads on demand. Paths from DIST. */
async function withImports(file: string, known = new Set<string>()): Promise<Set<string>> {
  if (known.has(file)) return known;
  known.add(file);
  const text = await readFile(join(DIST, file), "utf8");
  for (const [, path = ""] of text.matchAll(/(?:from|import)"(\.[^"]+\.js)"/g))
    await withImports(join(dirname(file), path), known);
  return known;
}

test("the editor's page takes at most 250 KB until it asks for its document, without the worker that renders it", async () => {
  const main = "assets/app/main.js";
  const [, workspace = ""] =
    /import\("(\.[^"]*\/workspace-[^"]+\.js)"\)/.exec(await readFile(join(DIST, main), "utf8")) ?? [];
  const scripts = await withImports(join(dirname(main), workspace), await withImports(main));
  const files = [...scripts, "assets/app/main.css", "assets/reader/theme.css"];
  const sizes = await Promise.all(files.map(zipped));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  expect(scripts.size).toBeGreaterThan(5);
  expect(bytes).toBeGreaterThan(150 * KB);
  expect(bytes).toBeLessThanOrEqual(250 * KB);
});
