import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { Journal } from "../journal/journal.ts";
import { Folders } from "../projects/folders.ts";
import { type Project, Projects, UNPUBLISHED } from "../projects/projects.ts";
import { planSite } from "./plan.ts";

const project: Project = {
  id: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12",
  owner: { userId: "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c13", handle: "demo" },
  slug: "thesis",
  site: UNPUBLISHED,
};
const config = (publish: string) => `\`\`\`yaml config\nname: My Thesis\npublish: ${publish}\n\`\`\`\n`;
const PUBLIC = config('{ url: "@demo/thesis", visibility: public }');

async function plan(files: Record<string, string>, links: Record<string, string> = {}) {
  const folders = new Folders(await mkdtemp(join(tmpdir(), "plan-")));
  const projects = new Projects(new Journal(":memory:"), folders);
  const root = projects.root(project);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  for (const [path, target] of Object.entries(links)) await symlink(target, join(root, path));
  return planSite(projects, project);
}

async function published(files: Record<string, string>, links: Record<string, string> = {}) {
  const planned = await plan({ "mrmd.md": PUBLIC, ...files }, links);
  if (planned.kind !== "published") throw new Error(JSON.stringify(planned));
  return {
    pages: Object.keys(planned.manifest.pages),
    assets: Object.keys(planned.manifest.assets),
    manifest: planned.manifest,
    unreachable: planned.unreachable,
  };
}

test("pages are published, drafts, tooling and configuration are not", async () => {
  const { pages } = await published({
    "01-a.md": "a",
    "02-sec/01-b.qmd": "b",
    "_drafts/c.md": "c",
    "02-sec/_drafts/d.md": "d",
    ".mrmd/e.md": "e",
    "sub/mrmd.md": "f",
  });
  expect(pages).toEqual(["01-a.md", "02-sec/01-b.qmd"]);
});

test("of two pages with one address the first is shown, and the author is told of the other", async () => {
  const { pages, unreachable } = await published({ "01-a.md": "one", "02-a.md": "two", "03-b.md": "three" });
  expect(pages).toEqual(["01-a.md", "03-b.md"]);
  expect(unreachable).toEqual(["02-a.md: 01-a.md has its address; rename one of them"]);
});

test("only files that a published page points to are served", async () => {
  const { assets } = await published({
    "01-a.md": '![x](_assets/shown.png) [data](data.csv) <img src="_assets/raw.png"> [mail](../outside.txt)',
    "_drafts/b.md": "![y](../_assets/draft.png)",
    "_assets/shown.png": "1",
    "_assets/raw.png": "2",
    "_assets/draft.png": "3",
    "_assets/unused.png": "4",
    "data.csv": "5",
    "secret.csv": "6",
  });
  expect(assets.sort()).toEqual(["_assets/raw.png", "_assets/shown.png", "data.csv"]);
});

test("a link that leads out of the project is not followed", async () => {
  const { pages, assets } = await published(
    { "01-a.md": "![x](_assets/passwd.png)", "_assets/y.png": "y" },
    { "_assets/passwd.png": "/etc/passwd", "02-etc.md": "/etc/passwd" },
  );
  expect(pages).toEqual(["01-a.md"]);
  expect(assets).toEqual([]);
});

test("of two pages with one URL only the one that answers is uploaded", async () => {
  expect((await published({ "01-setup.md": "a", "02-setup.md": "b" })).pages).toEqual(["01-setup.md"]);
});

test("front matter gives the title, and a site without visibility is private", async () => {
  const { manifest } = await published({
    "mrmd.md": config('{ url: "@demo/thesis" }'),
    "01-a.md": "---\ntitle: Hello\n---\n",
  });
  expect(manifest).toMatchObject({
    visibility: "private",
    title: "My Thesis",
    pages: { "01-a.md": { title: "Hello" } },
  });
});

describe("nothing is published", () => {
  test("without publish:", async () => {
    expect(await plan({ "mrmd.md": "# P\n" })).toEqual({ kind: "unpublished" });
  });
  test.each([
    [config('{ url: "@demo/thesis", visibility: open }'), /mrmd\.md:3: publish\.visibility: "open" is not one of/],
    [config('{ url: "@alice/thesis" }'), /@alice\/thesis is not yours; write @demo\/thesis/],
  ])("with a wrong value, which is named with file and line", async (mrmd, message) => {
    expect(await plan({ "mrmd.md": mrmd, "01-a.md": "a" })).toEqual({
      kind: "problem",
      problem: expect.stringMatching(message),
    });
  });
  test("without mrmd.md", async () => {
    expect(await plan({ "01-a.md": "a" })).toMatchObject({
      kind: "problem",
      problem: expect.stringMatching(/mrmd\.md/),
    });
  });
});
