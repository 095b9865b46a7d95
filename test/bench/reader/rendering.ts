/** What rendering costs, ours and others', each in an isolate of its own, in turns so that all have the same machine. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { step } from "../../../infra/local/progress.ts";
import { median, percentile, round } from "../runtime/statistics.ts";
import type { Document } from "./documents.ts";
import { type Bundle, bundleRenderer, Isolate } from "./isolate/isolate.ts";
import { contenderAmongPackages } from "./packages.ts";

/** Renderings of each document before the clock starts: V8 has compiled what is hot by then. */
const WARM_UP = 30;
const ROUNDS = 100;
/** Peers render in every third round: their p99 is not asked for. */
const PEER_ROUNDS = 3;

const PEERS = ["markdown-it", "marked", "remark"] as const;
const OURS = "markco";
const NAMES = [OURS, ...PEERS] as const;
type Name = (typeof NAMES)[number];

/** CPU time of one document's renderings (ms). */
interface PageFigures {
  readonly medianMs: number;
  readonly p99Ms: number;
  /** As the first page of a new isolate. */
  readonly firstMs: number;
}

interface Figures {
  /** By one core that does nothing else. */
  readonly pagesPerSecond: number;
  readonly cpuMsMedian: number;
  /** Median of all documents. */
  readonly firstPageMs: number;
  /** Of the renderer as a Worker of its own. */
  readonly bundleBytesGz: number;
}

export interface RenderingFigures extends Figures {
  /** Of the document that is worst. */
  readonly cpuMsP99: number;
  readonly pages: Record<string, PageFigures>;
  /** CPU per page of the peer by ours. */
  readonly peers: Record<string, number>;
  readonly peerFigures: Record<string, Figures>;
}

export async function measureRendering(documents: readonly Document[]): Promise<RenderingFigures> {
  const sources = documents.map(({ source }) => source);
  const bundles = new Map<Name, Bundle>();
  for (const name of NAMES) bundles.set(name, await bundleRenderer(await moduleOf(name)));
  const warm = await step("rendering with each", () => warmTimes(bundles, sources));
  const first = await step("first pages of new isolates", () => firstTimes(bundles, sources));

  const figuresOf = (name: Name): Figures => {
    const all = timesOf(warm, name).flat();
    return {
      pagesPerSecond: round(1000 / (all.reduce((sum, ms) => sum + ms, 0) / all.length)),
      cpuMsMedian: round(median(all)),
      firstPageMs: round(median(timesOf(first, name).flat())),
      bundleBytesGz: gzipSync(bundles.get(name)?.code ?? "", { level: 9 }).length,
    };
  };
  const ours = figuresOf(OURS);
  const pages = documents.map(({ name }, at): [string, PageFigures] => {
    const [times = [], [firstMs = 0] = []] = [timesOf(warm, OURS)[at], timesOf(first, OURS)[at]];
    return [name, { medianMs: round(median(times)), p99Ms: round(percentile(times, 0.99)), firstMs: round(firstMs) }];
  });
  const peerFigures = Object.fromEntries(PEERS.map((name) => [name, figuresOf(name)]));
  const ratios = Object.entries(peerFigures).map(([name, { pagesPerSecond }]) => [
    name,
    round(ours.pagesPerSecond / pagesPerSecond),
  ]);
  return {
    ...ours,
    cpuMsP99: Math.max(...pages.map(([, { p99Ms }]) => p99Ms)),
    pages: Object.fromEntries(pages),
    peers: Object.fromEntries(ratios),
    peerFigures,
  };
}

const moduleOf = async (name: Name) =>
  name === OURS ? join(import.meta.dirname, "contenders/markco.ts") : contenderAmongPackages(`${name}.js`);

/** For each renderer and document, the CPU time of each rendering (ms). */
type Times = ReadonlyMap<Name, number[][]>;

const noTimes = (sources: readonly string[]): Times => new Map(NAMES.map((name) => [name, sources.map(() => [])]));

const timesOf = (times: Times, name: Name) => times.get(name) ?? [];

async function warmTimes(bundles: ReadonlyMap<Name, Bundle>, sources: readonly string[]): Promise<Times> {
  const times = noTimes(sources);
  const isolates = new Map<Name, Isolate>();
  try {
    for (const [name, bundle] of bundles) {
      const isolate = await Isolate.start(bundle, sources);
      isolates.set(name, isolate);
      for (let i = 0; i < WARM_UP; i++) for (const at of sources.keys()) await isolate.render(at);
    }
    for (let i = 0; i < ROUNDS; i++) {
      for (const at of sources.keys()) {
        for (const [name, isolate] of isolates) {
          if (name !== OURS && i % PEER_ROUNDS > 0) continue;
          timesOf(times, name)[at]?.push(await isolate.cpuMsOf(at));
        }
      }
    }
    return times;
  } finally {
    for (const isolate of isolates.values()) await isolate.stop();
  }
}

async function firstTimes(bundles: ReadonlyMap<Name, Bundle>, sources: readonly string[]): Promise<Times> {
  const times = noTimes(sources);
  for (const at of sources.keys()) {
    for (const [name, bundle] of bundles) {
      const isolate = await Isolate.start(bundle, sources);
      try {
        timesOf(times, name)[at]?.push(await isolate.cpuMsOf(at));
      } finally {
        await isolate.stop();
      }
    }
  }
  return times;
}
