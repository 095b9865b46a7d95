import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { domainKey, type Manifest } from "../../shared/site/manifest.ts";
import { Edge, STRANGER } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { publishedSite } from "../testing/site.ts";

describe.skipIf(!isPostgresInstalled)("a site under a host name of its own", () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await Edge.start();
    publish("docs", "docs.example.org", {}, { redirects: { old: "guide/use" } });
    publish("unlisted", "quiet.example.org", { visibility: "unlisted" });
    publish("secret", "secret.example.org", { visibility: "private" });
    publish("left", "left.example.org", {}, { domain: null });
  });
  afterAll(() => edge?.close());

  function publish(
    name: string,
    host: string,
    site: { visibility?: Manifest["visibility"] },
    changes: Partial<Manifest> = {},
  ) {
    const projectId = randomUUID();
    const pages = { "index.md": "# Home\n\n[[use]] ![x](x.png)\n", "guide/use.md": "# Use\n" };
    edge.bucket.publish(
      publishedSite(name, { projectId, ...site }),
      pages,
      { "x.png": "x" },
      { domain: host, ...changes },
    );
    edge.bucket.objects.set(domainKey(host), JSON.stringify({ projectId, user: "demo", name }));
  }
  const open = (url: string, method = "GET") => edge.ask(STRANGER, url, { method });

  test("has its pages, files and addresses at its root", async () => {
    const home = await (await open("https://docs.example.org/")).text();
    expect(home).toContain('<a href="/guide/use">Use</a>');
    expect(home).toContain('<a class="site-title" href="/">');
    expect(home).toContain('<link rel="canonical" href="https://docs.example.org/">');
    const [, image = ""] = /<img src="([^"]+)"/.exec(home) ?? [];
    expect(image).toMatch(/^\/x\.png\?v=/);
    for (const path of [image, "/guide/use", "/guide/use.md", "/feed.xml", "/_search", "/sitemap.xml"])
      expect([path, (await open(`https://docs.example.org${path}`)).status]).toEqual([path, 200]);
    expect((await open("https://docs.example.org/old")).headers.get("location")).toBe(
      "https://docs.example.org/guide/use",
    );
    expect(await (await open("https://docs.example.org/sitemap.xml")).text()).toContain(
      "<loc>https://docs.example.org/guide/use</loc>",
    );
    expect(await (await open("https://docs.example.org/robots.txt")).text()).toContain(
      "Sitemap: https://docs.example.org/sitemap.xml",
    );
  });

  test("is known to search engines by that name, wherever it is read", async () => {
    const text = await (await open("/@demo/docs/guide/use")).text();
    expect(text).toContain('<link rel="canonical" href="https://docs.example.org/guide/use">');
    expect(text).toContain('<a class="site-title" href="/@demo/docs">');
  });

  test("has nothing of the platform, which nobody shall sign in to there", async () => {
    for (const path of ["/api/health", "/auth/sign-in", "/edit/@demo/docs", "/@demo/docs", "/@demo", "/device"])
      expect([path, (await open(`https://docs.example.org${path}`)).status]).toEqual([path, 404]);
    expect((await open("https://docs.example.org/", "POST")).status).toBe(404);
  });

  test("is not there where it is private, or has left the name", async () => {
    for (const host of ["secret.example.org", "left.example.org"])
      for (const path of ["/", "/guide/use", "/_search"])
        expect([host, path, (await open(`https://${host}${path}`)).status]).toEqual([host, path, 404]);
    expect((await open("https://quiet.example.org/")).headers.get("x-robots-tag")).toBe("noindex");
    expect(await (await open("https://quiet.example.org/robots.txt")).text()).not.toContain("Sitemap");
  });

  test("leaves other names to the platform", async () => {
    for (const url of ["https://other.example.org/api/health", "http://127.0.0.1/api/health", "/api/health"])
      expect([url, (await open(url)).status]).toEqual([url, 200]);
  });
});
