import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

  const pages = {
    "index.md": "# Thesis\n\n[[setup]]\n",
    "02-start/01-setup.md": "# Setup\n\n![plot](../_assets/plot.svg)\n",
    "03-größe.md": "# Größe\n",
  };
  const assets = { "_assets/plot.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" };
  const open = (path: string, visitor: Visitor = STRANGER, init = {}) => edge.ask(visitor, path, init);
  const isNotFound = async (path: string, visitor: Visitor = STRANGER) => {
    const response = await open(path, visitor);
    expect([path, response.status]).toEqual([path, 404]);
    return response.text();
  };

  describe("a published site", () => {
    beforeAll(() => edge.bucket.publish(site("thesis"), pages, assets));

    test("answers at each page's address, without regard to case and a trailing slash", async () => {
      for (const path of ["", "/", "/start/setup", "/Start/SETUP/", "/gr%C3%B6%C3%9Fe", "/start"]) {
        const response = await open(`/@demo/thesis${path}`);
        expect([path, response.status]).toEqual([path, 200]);
        expect(await response.text()).toMatch(/^<!doctype html>/i);
      }
      expect((await open("/@Demo/Thesis")).status).toBe(200);
    });

    test("stays up while the daemon and the database are down", async () => {
      await edge.daemon.stop();
      await edge.postgres.pool.query("alter table sessions rename to unreachable");
      try {
        const visitor = { headers: { cookie: `__Host-markco=${"x".repeat(43)}` } };
        const page = await open("/@demo/thesis/start/setup", visitor);
        expect(page.status).toBe(200);
        const [, image = ""] = /<img[^>]+src="([^"]+)"/.exec(await page.text()) ?? [];
        expect((await open(image, visitor)).status).toBe(200);
      } finally {
        await edge.postgres.pool.query("alter table unreachable rename to sessions");
      }
    });

    test("runs no script but its own, and lets nobody frame it", async () => {
      const policy = (await open("/@demo/thesis")).headers.get("content-security-policy");
      for (const rule of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
        expect(policy).toContain(rule);
      }
    });

    test("serves what its pages show, in a sandbox and for ever", async () => {
      const [, image = ""] =
        /<img[^>]+src="([^"]+)"/.exec(await (await open("/@demo/thesis/start/setup")).text()) ?? [];
      const asset = await open(image);
      expect(await asset.text()).toBe(assets["_assets/plot.svg"]);
      expect(Object.fromEntries(asset.headers)).toMatchObject({
        "content-type": "image/svg+xml",
        "x-content-type-options": "nosniff",
        "cache-control": "public, max-age=31536000, immutable",
      });
      expect(asset.headers.get("content-security-policy")).toMatch(/^sandbox;/);
    });

    test("answers HEAD, and 304 to who has the page already", async () => {
      for (const path of ["/@demo/thesis", "/@demo/thesis/_assets/plot.svg"]) {
        const head = await open(path, STRANGER, { method: "HEAD" });
        expect([head.status, await head.text()]).toEqual([200, ""]);
        const headers = { "if-none-match": head.headers.get("etag") ?? "" };
        expect((await open(path, STRANGER, { headers })).status).toBe(304);
      }
    });

    test("serves nothing else", async () => {
      edge.bucket.objects.set("secrets/manifest.json", "{}");
      edge.bucket.objects.set("sites/demo/thesis/_assets/other.png", "x");
      for (const path of [
        "_assets/other.png",
        "_drafts/x",
        "mrmd",
        "mrmd.md",
        "02-start/01-setup.md",
        "..%2Fmanifest",
      ]) {
        await isNotFound(`/@demo/thesis/${path}`);
      }
      for (const path of ["/@demo/nothing", "/@demo", "/@nobody/thesis", "/elsewhere", "/@demo/thesis/%FF"]) {
        await isNotFound(path);
      }
    });

    test("takes names that every object has for what they are: no pages", async () => {
      for (const name of ["constructor", "__proto__", "toString"]) await isNotFound(`/@demo/thesis/${name}`);
    });

    test("never asks S3 for a key that a name has bent", async () => {
      edge.bucket.asked.length = 0;
      for (const path of ["/@demo/a%2F..%2F..%2Fother", "/@../thesis", "/@demo%2F../x", `/@demo/${"n".repeat(300)}`]) {
        await isNotFound(path);
      }
      expect(edge.bucket.asked).toEqual([]);
    });

    test("can't be written to", async () => {
      expect((await open("/@demo/thesis", STRANGER, { method: "POST", body: "x" })).status).toBe(404);
    });
  });

  describe("HTML and scripts of a document", () => {
    const generated = "_assets/generated/3f9a1c2b.html";
    const inFrame = { headers: { "sec-fetch-dest": "iframe" } };
    const policyAt = async (path: string, visitor?: Visitor) =>
      (await open(path, visitor)).headers.get("content-security-policy");
    beforeAll(() =>
      edge.bucket.publish(
        site("cells"),
        {
          "index.md": `# Cells\n\n\`\`\`html\n<b>bold</b>\n\`\`\`\n\n\`\`\`js\nconsole.log(1)\n\`\`\`\n\n[interactive output](${generated})\n`,
        },
        { [generated]: "<script>draw()</script>" },
      ),
    );

    test("are not in the page, but in frames of its own origin without its rights", async () => {
      const response = await open("/@demo/cells");
      const page = await response.text();
      const frames = [...page.matchAll(/<iframe [^>]*src="([^"]*)"/g)].map(([, src]) => src?.replaceAll("&amp;", "&"));
      expect(frames).toEqual([
        "/@demo/cells?frame=0",
        expect.stringMatching(/^\/@demo\/cells\/_assets\/generated\/.*v=/),
      ]);
      expect(page).not.toContain("<b>bold</b>");
      expect(response.headers.get("content-security-policy")).toContain("frame-src 'self'");
      expect(page).not.toContain("allow-same-origin");
    });

    test("run there, in a sandbox", async () => {
      const response = await open("/@demo/cells?frame=0", inFrame);
      const text = await response.text();
      expect(text).toContain("<b>bold</b>");
      expect(text).toContain("console.log(1)");
      for (const path of ["/@demo/cells?frame=0", `/@demo/cells/${generated}`]) {
        expect(await policyAt(path, inFrame)).toMatch(/^sandbox allow-scripts [^;]*; default-src https:/);
        expect(await policyAt(path, inFrame)).not.toContain("allow-same-origin");
      }
    });

    test("run nowhere else: who is sent to their address sees them without scripts", async () => {
      for (const path of ["/@demo/cells?frame=0", `/@demo/cells/${generated}`]) {
        expect(await policyAt(path)).toMatch(/^sandbox; default-src 'none'/);
      }
    });

    test("have no frame beyond the last", async () => {
      for (const group of ["1", "-1", "x", ""]) await isNotFound(`/@demo/cells?frame=${group}`);
    });
  });

  test("a page that was published again is shown within two seconds, with its new ETag", async () => {
    const first = site("fresh");
    edge.bucket.publish(first, { "index.md": "# Old\n" });
    const before = await open("/@demo/fresh");
    expect(await before.text()).toContain("Old");
    edge.bucket.publish({ ...first, version: 2 }, { "index.md": "# New\n" });
    await expect.poll(async () => (await open("/@demo/fresh")).text(), { timeout: 2_000 }).toContain("New");
    expect((await open("/@demo/fresh")).headers.get("etag")).not.toBe(before.headers.get("etag"));
  });

  test("a site that was withdrawn and published again shows nothing of its first life", async () => {
    const first = site("phoenix");
    edge.bucket.publish(first, { "index.md": "# Home\n", "01-gone.md": "# Gone\n" });
    expect(await (await open("/@demo/phoenix")).text()).toContain("Gone");
    edge.bucket.publish({ ...first, publishedAt: "2026-11-23T11:00:00.000Z" }, { "index.md": "# Home\n" });
    await expect.poll(async () => (await open("/@demo/phoenix")).text(), { timeout: 2_000 }).not.toContain("Gone");
  });

  test("an object that can't be read gives one line, no page and nothing to keep", async () => {
    edge.bucket.publish(site("broken"), { "index.md": "# Lost\n" });
    for (const key of edge.bucket.objects.keys())
      if (key.startsWith(objectKey("demo", "broken", ""))) edge.bucket.objects.delete(key);
    const response = await open("/@demo/broken");
    expect([response.status, response.headers.get("cache-control")]).toEqual([503, "no-store"]);
    expect(await response.text()).toContain("try again");
  });

  test("an unlisted site is there for who knows it, and not for search engines", async () => {
    edge.bucket.publish(site("hidden", { visibility: "unlisted" }), pages);
    const response = await open("/@demo/hidden");
    expect([response.status, response.headers.get("x-robots-tag")]).toEqual([200, "noindex"]);
  });

  test("a private site is there for its members, and for others as if it did not exist", async () => {
    const [demo, alice, bob] = [await signIn(edge, "demo"), await signIn(edge, "alice"), await signIn(edge, "bob")];
    const projectId = await makeProject(edge, "demo", "private");
    await addMember(edge, projectId, "alice", "viewer");
    edge.bucket.publish(site("private", { projectId, visibility: "private" }), pages, assets);
    for (const member of [demo, alice]) {
      const response = await open("/@demo/private/start/setup", member);
      expect([response.status, response.headers.get("cache-control")]).toEqual([200, "private, no-cache"]);
    }
    const nothing = await isNotFound("/@demo/nothing", bob);
    for (const visitor of [bob, STRANGER]) {
      for (const path of ["", "/start/setup", "/nowhere", "/_assets/plot.svg"]) {
        expect(await isNotFound(`/@demo/private${path}`, visitor)).toBe(nothing);
      }
    }
  });

  test("what fails says so in one line with an id, which the log has, and tells nothing else", async () => {
    await edge.postgres.pool.query("alter table sessions rename to unreachable");
    const token = "t".repeat(43);
    const response = await open("/api/me", { headers: { authorization: `Bearer ${token}` } });
    await edge.postgres.pool.query("alter table unreachable rename to sessions");
    const { error } = JSON.parse(await response.text());
    expect([response.status, error.code]).toEqual([500, "internal"]);
    const [, id = ""] = /under ([0-9a-f]{8})$/.exec(error.message) ?? [];
    expect(edge.logs).toContain(`[${id}] GET /api/me`);
    expect(edge.logs).not.toContain(token);
  });
});
