/** A project's files on their way into S3: the daemon's part of publishing, against the local S3 endpoint. */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Outbox } from "../../compute/events/outbox.ts";
import { Journal } from "../../compute/journal/journal.ts";
import { Operations } from "../../compute/journal/operations.ts";
import { Folders } from "../../compute/projects/folders.ts";
import { type Project, Projects, UNPUBLISHED } from "../../compute/projects/projects.ts";
import { openS3 } from "../../compute/s3.ts";
import { Sites } from "../../compute/site/sites.ts";
import { SiteStore } from "../../compute/site/store.ts";
import { LocalS3 } from "../edge/local-s3.ts";

const BUCKET = "sites";
const config = (publish: string) => `\`\`\`yaml config\nname: My Thesis\n${publish}\n\`\`\`\n`;
const PUBLIC = config("publish: { url: '@demo/thesis', visibility: public }");

let folder = "";
let s3: LocalS3;
let client: S3Client;
/** Keys in the order in which they were put, without the site's folder. */
const puts: string[] = [];
/** What the next puts fail with, after so many that succeed. */
let failsAfter = Number.POSITIVE_INFINITY;
/** Called as one fails. */
let onFailure = () => {};
/** True while objects are only counted: putting thousands of them takes the local endpoint a minute. */
let onlyCounts = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "publishing-"));
  s3 = await LocalS3.start(join(folder, "s3"), BUCKET);
  client = openS3(s3.settings);
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "PutObjectCommand") return next(args);
      if (puts.length >= failsAfter) {
        onFailure();
        throw new Error("the store can't be reached");
      }
      const key = String("Key" in args.input ? args.input.Key : "").replace(/^sites\/[^/]+\/[^/]+\//, "");
      puts.push(key);
      if (onlyCounts && isObject(key)) return { output: { $metadata: {} }, response: {} };
      return next(args);
    },
    { step: "initialize" },
  );
});
afterAll(async () => {
  await s3?.stop();
  await rm(folder, { recursive: true, force: true });
});

let journal: Journal;
let projects: Projects;
let project: Project;
let sites: Sites;
let store: SiteStore;
let outbox: Outbox;

beforeEach(async () => {
  journal = new Journal(":memory:");
  projects = new Projects(journal, new Folders(await mkdtemp(join(folder, "data-"))));
  project = { id: randomUUID(), owner: { userId: randomUUID(), handle: "demo" }, slug: "thesis", site: UNPUBLISHED };
  projects.record(project);
  store = new SiteStore(client, BUCKET);
  // Nobody listens there; events stay where they are.
  outbox = new Outbox(journal, "http://127.0.0.1:9", "a secret of the tests, long enough to be one");
  sites = new Sites(journal, new Operations(journal), projects, store, outbox);
  puts.length = 0;
  failsAfter = Number.POSITIVE_INFINITY;
});
afterEach(async () => {
  outbox.stop();
  sites.stop();
  await store.removeManifest("demo", "thesis");
});

const path = (name: string) => join(projects.root(project), name);

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
  }
}

/** Publishes, and tells what was put for it. */
async function publish(): Promise<string[]> {
  puts.length = 0;
  await sites.publish(project);
  return [...puts];
}

const manifest = async () => (await store.manifest("demo", "thesis"))?.manifest;
const isObject = (key: string) => key.startsWith("objects/");

const LAST = "manifest.json";

test("what is new is put by its content, and the manifest last of all", async () => {
  await write({
    "mrmd.md": PUBLIC,
    "01-a.md": "# A\n\n![x](x.svg)\n",
    "02-b.md": "# B\n",
    "x.svg": "<svg width='40' height='30'/>",
  });
  const first = await publish();
  expect(first.slice(0, -1).every(isObject)).toBe(true);
  // Two pages, an image, and both halves of the search index.
  expect([first.length, first.at(-1)]).toEqual([6, LAST]);
  expect((await manifest())?.assets).toMatchObject({ "x.svg": { width: 40, height: 30 } });
  expect(await publish()).toEqual([]);
});

test("of 5,000 pages, one that was changed is put with its part of the search index and the manifest", async () => {
  const pages = Array.from({ length: 5_000 }, (_, i) => [
    `${Math.floor(i / 100)}-chapter-${i}/${i}-page.md`,
    `# Page ${i}\n\nAbout the number ${i}.\n\n## Part\n`,
  ]);
  await write({ "mrmd.md": PUBLIC, ...Object.fromEntries(pages) });
  onlyCounts = true;
  const all = await publish();
  onlyCounts = false;
  expect(all.filter(isObject)).toHaveLength(5_000 + 16 + 128);

  // From here on as after a while: what was just written is looked at again.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await sites.publish(project);
  await write({ "7-chapter-777/777-page.md": "# Page 777\n\nAbout another number, 778.\n\n## Part\n" });
  const before = process.cpuUsage();
  const changed = await publish();
  const { user, system } = process.cpuUsage(before);
  expect(changed.filter(isObject)).toHaveLength(2);
  expect(changed.at(-1)).toBe(LAST);
  // Some 600 ms of CPU time on a small machine, most of it for comparing; reading and looking at all files takes ten times that.
  expect((user + system) / 1000).toBeLessThan(3_000);

  // Nothing that is searched for has changed: the page and the manifest.
  await write({ "7-chapter-777/777-page.md": "# Page 777\n\nAbout *another* number, 778.\n\n## Part\n" });
  expect(await publish()).toEqual([expect.stringMatching(/^objects\//), LAST]);
}, 120_000);

test("a page that was moved is not put again, and is found at its old address", async () => {
  await write({ "mrmd.md": PUBLIC, "index.md": "# Home\n", "01-old.md": "# A page\n\nWith text.\n" });
  await publish();
  const [page] = Object.values((await manifest())?.pages ?? {});
  await mkdir(path("sub"));
  await rename(path("01-old.md"), path("sub/new.md"));
  expect(await publish()).not.toContain(`objects/${page?.sha256}`);
  expect((await manifest())?.redirects).toEqual({ old: "sub/new" });
});

test("a page that was moved and had its links rewritten is found at its old address", async () => {
  const text = (link: string) => `# A page\n\nA first line, ![x](${link}).\n\nA second line of it.\n`;
  await write({ "mrmd.md": PUBLIC, "old.md": text("_assets/x.png"), "_assets/x.png": "x" });
  await publish();
  await rm(path("old.md"));
  await write({ "sub/new.md": text("../_assets/x.png") });
  await publish();
  expect((await manifest())?.redirects).toEqual({ old: "sub/new" });
});

test("a site that was half put goes on where it was, and is not seen before it is whole", async () => {
  await write({ "mrmd.md": PUBLIC, ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.md`, `${i}`])) });
  failsAfter = 15;
  await expect(sites.publish(project)).rejects.toThrow("can't be reached");
  expect(await manifest()).toBeUndefined();
  failsAfter = Number.POSITIVE_INFINITY;
  const rest = await publish();
  expect(rest).toHaveLength(40 + 2 - 15 + 1);
  expect((await manifest())?.pages).toHaveProperty(["39.md"]);
});

describe("a host name", () => {
  const at = (host: string) => config(`publish: { url: "@demo/thesis", visibility: public, domain: ${host} }`);
  const HOST = "docs.example.org";
  const holder = async (host: string) => (await store.domain(host))?.domain.name ?? null;
  afterEach(() => Promise.all([HOST, "new.example.org"].map((host) => store.removeDomain(host))));

  test("is the site's while its configuration says so", async () => {
    await write({ "mrmd.md": at("Docs.Example.org"), "01-a.md": "# A\n" });
    await publish();
    expect([(await manifest())?.domain, await holder(HOST)]).toEqual([HOST, "thesis"]);
    await write({ "mrmd.md": at("new.example.org") });
    await publish();
    expect([await holder(HOST), await holder("new.example.org")]).toEqual([null, "thesis"]);
    await write({ "mrmd.md": config("") });
    await expect(sites.publish(project)).rejects.toThrow();
    expect(await holder("new.example.org")).toBeNull();
  });

  test("that shows another site is refused, and free again when that site is gone", async () => {
    const other = { projectId: randomUUID(), user: "alice", name: "notes" };
    await write({ "mrmd.md": at(HOST), "01-a.md": "# A\n" });
    await publish();
    const live = await manifest();
    if (!live) throw new Error();
    await store.putManifest({ ...live, ...other }, null);
    await store.removeDomain(HOST);
    await store.putDomain(HOST, other, null);
    await expect(sites.publish(project)).rejects.toThrow(`mrmd.md: publish.domain: ${HOST} shows another site`);
    expect(await holder(HOST)).toBe("notes");
    await store.removeManifest("alice", "notes");
    await publish();
    expect(await holder(HOST)).toBe("thesis");
  });
});

test("what is saved while a sync fails does not wait until that is tried again", async () => {
  await write({ "mrmd.md": PUBLIC, "01-a.md": "# A\n" });
  failsAfter = puts.length;
  onFailure = () => {
    failsAfter = Number.POSITIVE_INFINITY;
    onFailure = () => {};
    sites.changed(project.id);
  };
  sites.changed(project.id);
  await expect.poll(() => manifest(), { timeout: 3_000 }).toMatchObject({ version: 1 });
});

describe("the site is", () => {
  beforeEach(async () => {
    await write({ "mrmd.md": PUBLIC, "01-a.md": "# A\n" });
    await publish();
  });

  test("gone when publish: is removed, and back when it is there again", async () => {
    await write({ "mrmd.md": config("") });
    await expect(sites.publish(project)).rejects.toThrow(/^mrmd\.md has no publish: block/);
    expect([await manifest(), projects.get(project.id).site]).toEqual([undefined, UNPUBLISHED]);
    await write({ "mrmd.md": PUBLIC });
    await publish();
    expect(await manifest()).toMatchObject({ version: 1 });
  });

  test("known by the time its version went live, also where its state was told before there was that", async () => {
    const { site } = projects.get(project.id);
    expect(site.publishedAt).toBe((await manifest())?.publishedAt);
    const { publishedAt: _, ...old } = site;
    journal.run("update projects set site = ? where id = ?", JSON.stringify(old), project.id);
    expect(projects.get(project.id).site.publishedAt).toBeNull();
    expect(await publish()).toEqual([]);
    expect(projects.get(project.id).site).toEqual(site);
  });

  test("at its new address alone when that was changed", async () => {
    await write({ "mrmd.md": config("publish: { url: '@demo/other', visibility: public }") });
    await publish();
    expect(await manifest()).toBeUndefined();
    expect((await store.manifest("demo", "other"))?.manifest.pages).toHaveProperty(["01-a.md"]);
    await store.removeManifest("demo", "other");
  });

  test.each([
    [
      "publish: { url: '@demo/thesis', visibility: open }",
      'mrmd.md:3: publish.visibility: "open" is not one of public, unlisted, private',
    ],
    [
      "publish: { url: thesis }",
      'mrmd.md:3: publish.url: "thesis" is no site address; write "@user/name" in a-z, 0-9 and -',
    ],
    ["publish: { url: '@alice/thesis' }", "mrmd.md: publish.url: @alice/thesis is not yours; write @demo/thesis"],
  ])("as it was while the configuration is wrong, and the author is told: %s", async (wrong, told) => {
    await write({ "mrmd.md": config(wrong), "01-a.md": "# Changed\n" });
    await expect(sites.publish(project)).rejects.toThrow(told);
    expect(projects.get(project.id).site).toMatchObject({ published: true, version: 1, problem: told });
    expect(await manifest()).toMatchObject({ version: 1 });
  });
});
