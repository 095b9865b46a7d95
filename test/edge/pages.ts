/** Three pages that stand for all: each construct, a real tutorial, and one full of math, code and tables. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatedPage } from "../bench/reader/documents.ts";
import { CORPUS } from "../platform/platform.ts";
import type { PublishedEdge } from "./published-edge.ts";

export interface ShownPages {
  /** Every construct of a document, in a site with folders. */
  readonly tour: string;
  /** Pictures, code and math of somebody else's. */
  readonly tutorial: string;
  /** The 20 KB page. */
  readonly generated: string;
}

/** Publishes them and returns their addresses. */
export async function publishPages(edge: PublishedEdge): Promise<ShownPages> {
  const folder = await mkdtemp(join(tmpdir(), "pages-"));
  try {
    await cp(join(import.meta.dirname, "tour"), folder, { recursive: true });
    const { source } = generatedPage();
    await writeFile(join(folder, "03-twenty-kilobytes.md"), source);
    const tour = await edge.publish("tour", folder);
    const tutorials = await edge.publish("numpy-tutorials", CORPUS);
    return { tour, tutorial: `${tutorials}/static-equilibrium`, generated: `${tour}/twenty-kilobytes` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
