import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Edge, STRANGER } from "../testing/edge.ts";
import { isPostgresInstalled } from "../testing/postgres.ts";
import { publishedSite } from "../testing/site.ts";

const site = publishedSite("thesis");

describe.skipIf(!isPostgresInstalled)("the same site behind two releases of the Worker", () => {
  let edges: Edge[] = [];
  beforeAll(async () => {
    edges = await Promise.all([Edge.start(), Edge.start()]);
    for (const edge of edges) edge.bucket.publish(site, { "index.md": "# Thesis\n" });
  });
  afterAll(() => Promise.all(edges.map((edge) => edge.close())));

  const open = async (edge: Edge | undefined, headers = {}) => {
    if (!edge) throw new Error("no edge");
    const response = await edge.ask(STRANGER, "/@demo/thesis", { headers });
    await response.arrayBuffer();
    return response;
  };

  test("has another ETag in each: what one rendered is never taken for what the other would render", async () => {
    const [first, second] = await Promise.all(edges.map(async (edge) => (await open(edge)).headers.get("etag")));
    expect(first).not.toBe(second);
    expect((await open(edges[1], { "if-none-match": first ?? "" })).status).toBe(200);
    expect((await open(edges[1], { "if-none-match": second ?? "" })).status).toBe(304);
  });

  test("is rendered once: who comes later costs no look into S3 but for the manifest", async () => {
    const [edge] = edges;
    await open(edge);
    const before = edge?.bucket.asked.filter((key) => key.includes("/objects/")).length;
    await open(edge);
    expect(edge?.bucket.asked.filter((key) => key.includes("/objects/"))).toHaveLength(before ?? -1);
  });
});
