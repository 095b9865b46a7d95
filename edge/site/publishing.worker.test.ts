import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawingOf } from "../../shared/document/diagrams.ts";
import { objectKey } from "../../shared/site/manifest.ts";
import { Edge, STRANGER, type Visitor } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { addMember, makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";
import { publishedSite as site } from "../testing/site.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await Edge.start();
  });
  afterAll(() => edge?.close());

  const open = (path: string, headers: Record<string, string> = {}, visitor: Visitor = STRANGER, method = "GET") =>
    edge.ask(visitor, path, { method, headers });
  const textOf = async (path: string, visitor = STRANGER) => (await open(path, {}, visitor)).text();
  const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
  const head = (path: string) => open(path, {}, STRANGER, "HEAD");

  describe("a file is sent", () => {
    const FILE = "0123456789";
    const path = "/@demo/files/data.csv";
    beforeAll(() => edge.bucket.publish(site("files"), { "index.md": "# Home\n" }, { "data.csv": FILE }));

    test.each([
      ["bytes=2-5", 206, "2345", "bytes 2-5/10"],
      ["bytes=7-", 206, "789", "bytes 7-9/10"],
      ["bytes=-4", 206, "6789", "bytes 6-9/10"],
      ["bytes=0-999", 206, FILE, "bytes 0-9/10"],
      ["bytes=10-", 416, "", "bytes */10"],
      ["bytes=0-1,4-5", 200, FILE, null],
    ])("in part: %s", async (range, status, body, contentRange) => {
      const response = await open(path, { range });
      expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
        status,
        body,
        contentRange,
      ]);
      expect(response.headers.get("accept-ranges")).toBe("bytes");
      if (status === 206) expect(response.headers.get("content-length")).toBe(String(body.length));
    });

    test("whole to who has a part of another version", async () => {
      const etag = (await head(path)).headers.get("etag") ?? "";
      expect((await open(path, { range: "bytes=2-5", "if-range": etag })).status).toBe(206);
      expect((await open(path, { range: "bytes=2-5", "if-range": '"other"' })).status).toBe(200);
    });

    test("not at all to who has it", async () => {
      const etag = (await head(path)).headers.get("etag") ?? "";
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const response = await open(path, { "if-none-match": known, range: "bytes=2-5" });
        expect([known, response.status, await response.text()]).toEqual([known, 304, ""]);
      }
      expect((await open(path, { "if-none-match": '"other"', range: "bytes=2-5" })).status).toBe(206);
    });

    test("with its type, which browsers do not guess", async () => {
      const response = await head(path);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "text/csv; charset=utf-8",
        "x-content-type-options": "nosniff",
        "content-length": "10",
      });
    });
  });

  describe("a diagram", () => {
    const text = "graph TD; A-->B";
    const page = `# Home\n\n\`\`\`mermaid\n${text}\n\`\`\`\n`;
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';

    test("is its drawing once there is one, and drawn in a frame until then", async () => {
      edge.bucket.publish(site("diagrams"), { "index.md": page });
      expect(await textOf("/@demo/diagrams")).toContain('<iframe class="frame" sandbox');
      edge.bucket.publish(site("drawn"), { "index.md": page }, { [drawingOf(text)]: svg });
      const [, address = ""] = /<img src="([^"]*)" alt="Diagram: graph"/.exec(await textOf("/@demo/drawn")) ?? [];
      const drawing = await open(address);
      expect([drawing.headers.get("content-type"), await drawing.text()]).toEqual(["image/svg+xml", svg]);
      expect(drawing.headers.get("content-security-policy")).toContain("sandbox;");
      expect(drawing.headers.get("cache-control")).toContain("immutable");
    });

    test("is drawn by a page without an origin, whose scripts such a page may load", async () => {
      const { headers } = await open("/reader/diagram/");
      expect(headers.get("content-security-policy")).toMatch(/^sandbox allow-scripts; default-src 'none';/);
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect((await open("/reader/theme.css")).headers.get("access-control-allow-origin")).toBeNull();
    });
  });

  describe("a page's markdown", () => {
    const pages = { "index.md": "# Home\n", "02-start/01-setup.qmd": "# Setup\n", "03-more/index.md": "# More\n" };
    beforeAll(() => edge.bucket.publish(site("source"), pages));

    test.each([
      ["index.md", "index.md"],
      ["start/setup.qmd", "02-start/01-setup.qmd"],
      ["START/Setup.QMD", "02-start/01-setup.qmd"],
      ["more/index.md", "03-more/index.md"],
    ] as const)("is at %s", async (path, file) => {
      const response = await open(`/@demo/source/${path}`);
      expect([response.status, await response.text()]).toEqual([200, pages[file]]);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "text/markdown; charset=utf-8",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
      });
    });

    test.each(["start/setup.md", "02-start/01-setup.qmd", "more.md", ".md", "mrmd.md", "start/index.md"])(
      "is not at %s",
      async (path) => expect((await open(`/@demo/source/${path}`)).status).toBe(404),
    );

    test("is named in the page", async () => {
      expect(await textOf("/@demo/source/start/setup")).toContain(
        '<link rel="alternate" type="text/markdown" href="/@demo/source/start/setup.qmd">',
      );
    });

    test("is for readers of the page alone", async () => {
      await signIn(edge, "demo");
      const projectId = await makeProject(edge, "demo", "secret-source");
      edge.bucket.publish(site("secret-source", { projectId, visibility: "private" }), pages);
      for (const path of ["index.md", "_search", "feed.xml", "sitemap.xml", "_pages"])
        expect((await open(`/@demo/secret-source/${path}`)).status).toBe(404);
    });
  });

  describe("a document that was moved", () => {
    beforeAll(() =>
      edge.bucket.publish(
        site("moved"),
        { "index.md": "# Home\n", "sub/new.md": "# New\n", "taken.md": "# T\n" },
        {},
        {
          redirects: { old: "sub/new", größe: "sub/new", taken: "sub/new", gone: "nowhere", constructor: "sub/new" },
        },
      ),
    );

    test.each(["old", "OLD/", "gr%C3%B6%C3%9Fe", "constructor"])("is found at /%s", async (path) => {
      for (const method of ["GET", "HEAD"]) {
        const response = await open(`/@demo/moved/${path}`, {}, STRANGER, method);
        expect([response.status, response.headers.get("location")]).toEqual([
          301,
          "http://markco.test/@demo/moved/sub/new",
        ]);
        // Another page may come to stand there.
        expect(response.headers.get("cache-control")).toBe("no-cache");
      }
    });

    test("is found at its old source's address", async () => {
      expect((await open("/@demo/moved/old.md")).headers.get("location")).toBe(
        "http://markco.test/@demo/moved/sub/new.md",
      );
    });

    test("leaves its address to a page that stands there now", async () => {
      expect((await open("/@demo/moved/taken")).status).toBe(200);
    });

    test("is not found where it leads to nothing", async () => {
      for (const path of ["gone", "toString", "__proto__"])
        expect((await open(`/@demo/moved/${path}`)).status).toBe(404);
    });
  });

  describe("a site tells", () => {
    const pages = {
      "index.md": "# Home & more\n\nWelcome to <b>all</b>.\n",
      "01-a.md": "---\ndescription: About A\n---\n# A\n\n![A plot](_assets/plot.png)\n\nText.\n",
      "02-b.md": "# B\n\nThe first paragraph of B.\n",
    };
    const assets = { "_assets/plot.png": "png" };
    beforeAll(() => {
      edge.bucket.publish(site("told"), pages, assets);
      edge.bucket.publish(site("unlisted", { visibility: "unlisted" }), pages, assets);
    });

    test("search engines its pages", async () => {
      const response = await open("/@demo/told/sitemap.xml");
      expect(response.headers.get("content-type")).toBe("application/xml");
      const text = await response.text();
      expect(text.startsWith('<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns=')).toBe(true);
      expect([...text.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url]) => url)).toEqual([
        "http://markco.test/@demo/told",
        "http://markco.test/@demo/told/a",
        "http://markco.test/@demo/told/b",
      ]);
    });

    test("feed readers what is new", async () => {
      const response = await open("/@demo/told/feed.xml");
      expect(response.headers.get("content-type")).toBe("application/atom+xml; charset=utf-8");
      const text = await response.text();
      expect(text).toContain("<id>http://markco.test/@demo/told</id>");
      expect(text).toContain("<title>Home &amp; more</title>");
      expect(text).toContain("<summary>About A</summary>");
      expect(text).toContain("<updated>2026-11-23T10:00:00.000Z</updated>");
    });

    test("messengers what a page shows", async () => {
      const text = await textOf("/@demo/told/a");
      expect(text).toContain('<meta name="description" content="About A">');
      expect(text).toMatch(
        /<meta property="og:image" content="http:\/\/markco\.test\/@demo\/told\/_assets\/plot\.png\?v=\w{12}">/,
      );
      expect(text).toContain('<meta property="og:image:alt" content="A plot">');
      expect(await textOf("/@demo/told/b")).toContain('<meta name="description" content="The first paragraph of B.">');
    });

    test("search engines nothing where it is unlisted", async () => {
      expect((await open("/@demo/unlisted/sitemap.xml")).status).toBe(404);
      for (const path of ["", "/a", "/_assets/plot.png", "/index.md", "/feed.xml"])
        expect([path, (await head(`/@demo/unlisted${path}`)).headers.get("x-robots-tag")]).toEqual([path, "noindex"]);
      expect((await head("/@demo/told/a")).headers.has("x-robots-tag")).toBe(false);
    });

    test("who has it that nothing is new", async () => {
      for (const path of ["", "/a", "/a.md", "/sitemap.xml", "/feed.xml", "/_pages"]) {
        const first = await head(`/@demo/told${path}`);
        expect([path, first.status, await first.text()]).toEqual([path, 200, ""]);
        const again = await open(`/@demo/told${path}`, { "if-none-match": `"x", W/${first.headers.get("etag")}` });
        expect([path, again.status]).toEqual([path, 304]);
      }
    });

    test("what its author named so, where a page or file has the name of what is made", async () => {
      edge.bucket.publish(
        site("own"),
        { "index.md": "# H\n", "feed.xml.md": "# My feed\n" },
        { "sitemap.xml": "<mine/>" },
      );
      expect(await textOf("/@demo/own/feed.xml")).toContain("My feed");
      expect(await textOf("/@demo/own/sitemap.xml")).toBe("<mine/>");
    });
  });

  test("the search index is a list of parts that never change", async () => {
    const part = { sha256: "a".repeat(64), bytes: 2 };
    edge.bucket.publish(site("found"), { "index.md": "# Home\n" }, {}, { search: { titles: [part], texts: [] } });
    edge.bucket.objects.set(`sites/demo/found/objects/${part.sha256}`, "[]");
    expect(await textOf("/@demo/found")).toContain('data-search-index="/@demo/found/_search"');
    expect(JSON.parse(await textOf("/@demo/found/_search"))).toEqual({
      root: "/@demo/found",
      titles: [`/@demo/found/_search/${part.sha256}`],
      texts: [],
    });
    const response = await open(`/@demo/found/_search/${part.sha256}`);
    expect([await response.text(), response.headers.get("cache-control")]).toEqual([
      "[]",
      "public, max-age=31536000, immutable",
    ]);
    const [page] = [...edge.bucket.objects.keys()].filter((key) => key.startsWith("sites/demo/found/objects/"));
    for (const other of ["b".repeat(64), page?.split("/").at(-1)])
      expect((await open(`/@demo/found/_search/${other}`)).status).toBe(404);
  });

  test("the link to the editor is for those who may follow it, and never in what others get", async () => {
    const [demo, ed, vera] = [await signIn(edge, "demo"), await signIn(edge, "ed"), await signIn(edge, "vera")];
    const projectId = await makeProject(edge, "demo", "edited");
    await addMember(edge, projectId, "ed", "editor");
    await addMember(edge, projectId, "vera", "viewer");
    edge.bucket.publish(site("site-of-edited", { projectId }), { "index.md": "# Home\n", "02-a b.md": "# A\n" });
    const link = '<a class="edit" href="http://markco.test/edit/@demo/edited/02-a%20b.md">Edit</a>';
    for (const visitor of [demo, ed, STRANGER, vera, ed]) {
      const response = await open("/@demo/site-of-edited/a%20b", {}, visitor);
      const mayEdit = visitor === demo || visitor === ed;
      expect((await response.text()).includes(link)).toBe(mayEdit);
      expect(response.headers.get("vary")).toBe("cookie");
      expect(response.headers.get("cache-control")).toMatch(mayEdit ? /^private/ : /^public/);
    }
    const etag = (await open("/@demo/site-of-edited/a%20b", {}, ed)).headers.get("etag") ?? "";
    expect((await open("/@demo/site-of-edited/a%20b", { "if-none-match": etag }, ed)).status).toBe(304);
    expect((await open("/@demo/site-of-edited/a%20b", { "if-none-match": etag })).status).toBe(200);
  });

  test("a document is read and rendered once, whatever else changes in its site, until what it shows of the site changes", async () => {
    const first = site("once");
    const pages = { "index.md": "# Home\n\n[[other]] ![x](x.png)\n", "other.md": "# Other\n" };
    edge.bucket.publish(first, pages, { "x.png": "1" });
    expect(await textOf("/@demo/once")).toContain('href="/@demo/once/other"');
    const isOfPage = (key: string) => key === objectKey("demo", "once", hashOf(pages["index.md"]));

    const publish = async (version: number, others: Record<string, string>, assets: Record<string, string>) => {
      edge.bucket.asked.length = 0;
      edge.bucket.publish({ ...first, version }, { "index.md": pages["index.md"], ...others }, assets);
      const etag = (await head("/@demo/once")).headers.get("etag");
      await expect.poll(async () => (await head("/@demo/once")).headers.get("etag"), { timeout: 3_000 }).not.toBe(etag);
      return textOf("/@demo/once");
    };
    const withMore = await publish(2, { "other.md": "# Changed\n", "more.md": "# More\n" }, { "x.png": "1" });
    expect(withMore).toContain('href="/@demo/once/more"');
    expect(edge.bucket.asked.some(isOfPage)).toBe(false);
    const image = /x\.png\?v=\w+/.exec(withMore)?.[0];
    const withImage = await publish(3, { "other.md": "# Changed\n" }, { "x.png": "2" });
    expect(withImage).not.toContain(image);
    expect(await publish(4, { "sub/other.md": "# Changed\n" }, {})).toContain('href="/@demo/once/sub/other"');
  });

  test("a page of a large site shows what is near it, and leads to the rest", async () => {
    const large = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [
        `${Math.floor(i / 100)}-part-${Math.floor(i / 100)}/${i}-p${i}.md`,
        `# P${i}\n`,
      ]),
    );
    edge.bucket.publish(site("large"), large);
    const text = await textOf("/@demo/large/part-4/p450");
    expect(text.match(/<a href="\/@demo\/large\/part-4\//g)?.length).toBeLessThan(70);
    for (const shown of ["part-4/p449", "part-4/p451", "part-9/p900", "_pages"])
      expect(text).toContain(`href="/@demo/large/${shown}"`);
    expect(text).not.toContain("/part-5/p501");
    const all = await textOf("/@demo/large/_pages");
    expect(all.match(/<li><a href/g)?.length).toBeGreaterThanOrEqual(1_000);
  });
});
