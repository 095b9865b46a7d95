/** Published pages: what rendering costs beside other renderers, what a page weighs, and how many are served. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildAll } from "../../infra/build.ts";
import { DIST } from "../../infra/local/folders.ts";
import { step } from "../../infra/local/progress.ts";
import { openBrowser } from "../browser.ts";
import { publishPages, type ShownPages } from "../edge/pages.ts";
import { PublishedEdge } from "../edge/published-edge.ts";
import { corpusDocuments, generatedPage } from "./reader/documents.ts";
import { bestScoresOf, type PageScores } from "./reader/lighthouse.ts";
import { type LoadFigures, measureLoad } from "./reader/load.ts";
import { installPackages } from "./reader/packages.ts";
import { measureRendering, type RenderingFigures } from "./reader/rendering.ts";
import { weigh } from "./reader/weight.ts";

export interface ReaderFigures extends RenderingFigures {
  readonly htmlBytes20k: number;
  readonly htmlBytes20kGz: number;
  readonly cssBytesGz: number;
  readonly jsBytesGz: number;
  readonly fontBytes: number;
  /** The whole Worker, with all that is not the reader. */
  readonly workerBytesGz: number;
  readonly lighthouse: Record<keyof ShownPages, PageScores>;
  readonly load: LoadFigures;
}

export async function reader(): Promise<ReaderFigures> {
  await installPackages();
  const rendering = await measureRendering([...(await corpusDocuments()), generatedPage()]);
  await buildAll(["worker", "theme", "reader"]);
  const edge = await PublishedEdge.start();
  try {
    const pages = await publishPages(edge);
    const { htmlBytes, htmlBytesGz, ...weight } = await weightOf(pages.generated);
    const lighthouse = {
      tour: await step("Lighthouse, a tour", () => bestScoresOf(pages.tour)),
      tutorial: await step("Lighthouse, a tutorial", () => bestScoresOf(pages.tutorial)),
      generated: await step("Lighthouse, 20 KB", () => bestScoresOf(pages.generated)),
    };
    const stylesheet = new URL("/reader/theme.css", edge.origin).href;
    const load = await step("1,000 requests a second", () => measureLoad(pages.tutorial, stylesheet, edge.pid));
    return {
      ...rendering,
      htmlBytes20k: htmlBytes,
      htmlBytes20kGz: htmlBytesGz,
      ...weight,
      workerBytesGz: gzipSync(await readFile(join(DIST, "edge/worker.js")), { level: 9 }).length,
      lighthouse,
      load,
    };
  } finally {
    await edge.stop();
  }
}

/** Numbers, ours beside the peers'. */
export function readerTable({ peers, peerFigures, pages: _, lighthouse, load, ...ours }: ReaderFigures): object {
  const rows = Object.entries(peerFigures).map(([name, figures]) => [name, { ratio: peers[name], ...figures }]);
  return { markco: { ratio: 1, ...ours }, ...Object.fromEntries(rows), load, ...scoresOnly(lighthouse) };
}

function scoresOnly(lighthouse: ReaderFigures["lighthouse"]): Record<string, object> {
  return Object.fromEntries(Object.entries(lighthouse).map(([page, { scores }]) => [`Lighthouse: ${page}`, scores]));
}

async function weightOf(url: string) {
  const browser = await openBrowser();
  try {
    return await weigh(browser, url);
  } finally {
    await browser.close();
  }
}
