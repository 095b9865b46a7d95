import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SiteState } from "../../shared/daemon/contract.ts";
import { Edge, STRANGER } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { makeProject } from "../testing/project.ts";
import { signIn } from "../testing/sign-in.ts";

describe.skipIf(!isPostgresInstalled)("in the Worker", () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await Edge.start();
    await signIn(edge, "demo");
    await signIn(edge, "quiet");
    await publish("demo", "thesis", "My <Thesis>", "public");
    await publish("demo", "notes", "Notes", "unlisted");
    await publish("demo", "diary", "Diary", "private");
    await publish("quiet", "secret", "Secret", "unlisted");
  });
  afterAll(() => edge?.close());

  async function publish(owner: string, slug: string, title: string, visibility: SiteState["visibility"]) {
    const projectId = await makeProject(edge, owner, slug);
    const state: SiteState = {
      published: true,
      title,
      url: `@${owner}/${slug}`,
      visibility,
      version: 1,
      publishedAt: "2026-11-03T10:00:00.000Z",
      pages: 1,
      problem: null,
      unreachable: [],
    };
    await edge.postgres.pool.query("insert into sites (project_id, state) values ($1, $2)", [projectId, state]);
  }
  const open = (path: string, method = "GET") => edge.ask(STRANGER, path, { method });

  test("a person's page shows their public sites, to everybody", async () => {
    for (const path of ["/@demo", "/@demo/", "/@DEMO"]) {
      const response = await open(path);
      expect([path, response.status]).toEqual([path, 200]);
      const text = await response.text();
      expect(text).toMatch(/^<!doctype html>/);
      expect(text).toContain('<a href="/@demo/thesis">My &lt;Thesis&gt;</a>');
      expect(text).toContain("demo of the tests");
      for (const hidden of ["Notes", "Diary", "notes", "diary"]) expect(text).not.toContain(hidden);
    }
    expect((await open("/@demo", "HEAD")).status).toBe(200);
  });

  test("who has nothing public, and who does not exist, are answered alike", async () => {
    const nothing = await (await open("/elsewhere")).text();
    for (const path of ["/@quiet", "/@nobody", "/@no%2Fbody", "/@"]) {
      const response = await open(path);
      expect([path, response.status, await response.text()]).toEqual([path, 404, nothing]);
    }
  });

  test("search engines learn of public sites alone, and what is no page", async () => {
    const robots = await open("/robots.txt");
    expect(robots.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const rules = await robots.text();
    expect(rules).toContain("Disallow: /api/\n");
    expect(rules).toContain("Sitemap: http://markco.test/sitemap.xml\n");
    expect(rules).not.toContain("@");
    const sitemaps = await (await open("/sitemap.xml")).text();
    expect([...sitemaps.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url]) => url)).toEqual([
      "http://markco.test/@demo/thesis/sitemap.xml",
    ]);
  });
});
