/** What a page may weigh, compressed: its reader has a slow phone, and the Worker a plan that costs nothing. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { buildAll } from "../../infra/build.ts";
import { DIST } from "../../infra/local/folders.ts";

const KB = 1_000;

beforeAll(() => buildAll(["worker", "theme", "reader"]));

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
