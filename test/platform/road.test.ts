/** The whole road once: import, run, publish, read. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { api, CORPUS, markco, readProjectFile } from "./platform.ts";

const place = inject("platform");

let projectId = "";

beforeAll(async () => {
  const imported = await markco(place, "import", CORPUS, "--json");
  expect(imported.stderr).toBe("");
  expect(imported.status).toBe(0);
  projectId = JSON.parse(imported.stdout).projectId;
});

describe.each([
  ["04-ma.md", 19],
  ["02-plotting-fractals.md", 36],
  ["03-static-equilibrium.md", 14],
  ["05-save-load-arrays.md", 15],
  ["06-mooreslaw-tutorial.md", 23],
])("markco run numpy-tutorials/%s", (path, cells) => {
  test(`runs all ${cells} cells`, async () => {
    const result = await markco(place, "run", `numpy-tutorials/${path}`, "--json");
    const summary = JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({ cells, completed: cells, failed: 0 });
    expect(result.status).toBe(0);
    expect((await readProjectFile(place, projectId, path)).match(/^```python$/gm)).toHaveLength(cells);
  });
});

test("a cell that needs what is not there fails with its own traceback, and the command says so", async () => {
  const root = await mkdtemp(join(tmpdir(), "road-"));
  await writeFile(join(root, "mrmd.md"), "# Honest\n");
  await writeFile(join(root, "a.md"), "```python\nimport nowhere_to_be_found\n```\n\n```python\nprint(1)\n```\n");
  const { projectId: honest } = JSON.parse((await markco(place, "import", root, "--name", "honest", "--json")).stdout);
  expect((await markco(place, "run", "honest/a.md")).status).toBe(1);
  expect(await readProjectFile(place, honest, "a.md")).toMatch(
    /nowhere_to_be_found'\n```\n\n```python\nprint\(1\)\n```\n$/,
  );
  expect((await markco(place, "run", "honest/a.md", "--keep-going")).status).toBe(1);
  expect(await readProjectFile(place, honest, "a.md")).toMatch(
    /```output\n[\s\S]*ModuleNotFoundError: No module named 'nowhere_to_be_found'\n```\n\n```python\nprint\(1\)\n```\n\n```output\n1\n```/,
  );
});

test("plots are files named by their content, and stand behind their cell", async () => {
  const document = await readProjectFile(place, projectId, "04-ma.md");
  const figures = [...document.matchAll(/!\[plot\]\((_assets\/generated\/[0-9a-f]{12}\.png)\)/g)].map(
    (match) => match[1] ?? "",
  );
  expect(figures.length).toBeGreaterThanOrEqual(3);
  for (const figure of figures) {
    const response = await api(place, `/api/projects/${projectId}/file?path=${figure}`);
    expect(new Uint8Array(await response.arrayBuffer()).slice(1, 4)).toEqual(new TextEncoder().encode("PNG"));
  }
});

test("running a document again changes nothing but addresses in memory that it prints", async () => {
  // Documents share their session: what the ones in between set (a plot style) shows in the first of these runs.
  const run = async () => {
    expect((await markco(place, "run", "numpy-tutorials/04-ma.md")).status).toBe(0);
    return (await readProjectFile(place, projectId, "04-ma.md")).replace(/ at 0x[0-9a-f]+>/g, "");
  };
  expect(await run()).toBe(await run());
});

describe("the published page", () => {
  const url = (path: string) => `http://localhost:${place.port}/@demo/numpy-tutorials${path}`;

  test("is complete HTML with outputs and working image links, without any inline script", async () => {
    const published = await markco(place, "publish", "numpy-tutorials", "--json");
    expect(published.status).toBe(0);
    const response = await fetch(url("/ma"));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toMatch(/script-src 'self'(;|$)/);
    const html = await response.text();
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).toContain("<title>Masked Arrays");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/i);
    const images = [...html.matchAll(/<img[^>]+src="([^"]*generated[^"]+)"/g)].map((match) => match[1] ?? "");
    expect(images.length).toBeGreaterThanOrEqual(3);
    for (const image of images) {
      const answer = await fetch(new URL(image, url("/ma")));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("image/png");
    }
  });

  test.each(["/_drafts/style-guide", "/mrmd", "/mrmd.md", "/.mrmd/x", "/transistor_data.csv", "/nowhere"])(
    "%s answers 404",
    async (path) => {
      expect((await fetch(url(path))).status).toBe(404);
    },
  );

  test("answers for the site's root, without regard to case and a trailing slash", async () => {
    for (const path of ["", "/", "/MA", "/ma/"]) expect((await fetch(url(path))).status).toBe(200);
  });
});
