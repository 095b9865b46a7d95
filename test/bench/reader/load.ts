/** A thousand requests a second for a page that has been rendered before, and as many as come for a static file. */
import { join } from "node:path";
import * as z from "zod";
import { run } from "../../../infra/local/program.ts";
import { round } from "../runtime/statistics.ts";
import { PACKAGES } from "./packages.ts";
import { mainThreadMs, workerdOf } from "./thread-time.ts";

const RATE = 1_000;
const SECONDS = 30;
const STATIC_SECONDS = 10;
const CONNECTIONS = 20;

const Result = z.object({
  requests: z.object({ average: z.number(), total: z.number() }),
  latency: z.object({ p99: z.number() }),
  errors: z.number(),
  timeouts: z.number(),
  non2xx: z.number(),
});
type Result = z.infer<typeof Result>;

export interface LoadFigures {
  /** Answered in a second, at 1,000 asked for. */
  readonly requestsPerSecond: number;
  /** Of all: not answered, too late, or not with 200. */
  readonly errors: number;
  readonly p99Ms: number;
  /** CPU of workerd for one of them (ms), with what Miniflare has around the Worker. */
  readonly cpuMsPerRequest: number;
  /** The same page, as often as it can be had. */
  readonly mostRequestsPerSecond: number;
  /** A file of about the same size from the same workerd, as often as it can be had. */
  readonly staticRequestsPerSecond: number;
}

/**
 * @param file URL of a static file that the same workerd serves
 * @param miniflare process id of what started it
 */
export async function measureLoad(page: string, file: string, miniflare: number): Promise<LoadFigures> {
  const workerd = await workerdOf(miniflare);
  await attack(page, 2, RATE);
  const beforeMs = await mainThreadMs(workerd);
  const { requests, latency, errors, timeouts, non2xx } = await attack(page, SECONDS, RATE);
  const cpuMs = (await mainThreadMs(workerd)) - beforeMs;
  const most = await attack(page, STATIC_SECONDS);
  const ofFile = await attack(file, STATIC_SECONDS);
  return {
    requestsPerSecond: Math.round(requests.average),
    errors: errors + timeouts + non2xx,
    p99Ms: latency.p99,
    cpuMsPerRequest: round(cpuMs / requests.total),
    mostRequestsPerSecond: Math.round(most.requests.average),
    staticRequestsPerSecond: Math.round(ofFile.requests.average),
  };
}

async function attack(url: string, seconds: number, rate?: number): Promise<Result> {
  const program = join(PACKAGES, "node_modules/autocannon/autocannon.js");
  const rated = rate === undefined ? [] : ["--overallRate", String(rate)];
  const args = ["--json", "--connections", String(CONNECTIONS), "--duration", String(seconds), ...rated, url];
  return Result.parse(JSON.parse(await run(process.execPath, [program, ...args])));
}
