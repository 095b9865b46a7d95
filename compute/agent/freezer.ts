/**
 * The script that freezes a container (images/host, `freeze`). What it and CRIU have come to they say by files in the place that they
 * work in.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { exists } from "../projects/folders.ts";
import { outcomeOf, processesOf, startScript } from "./scripts.ts";

const run = promisify(execFile);
const LOOK_MS = 3;
/** Between looks for the process itself: it may have been killed, and then nothing will ever be said. */
const IS_THERE_MS = 1_000;

/** Begins to freeze a container, as `place`/criu.conf says. */
export function startFreezer(place: string, containerId: string, options: readonly string[] = []): void {
  startScript("freeze", [place, containerId, ...options]);
}

/** Waits until the freezer has come to `stage`, has ended, is no more, or `endMs` has passed. Returns whether it came to it. */
export async function reaches(place: string, stage: string, endMs: number): Promise<boolean> {
  const isReached = () => exists(join(place, stage));
  for (let lookMs = Date.now() + IS_THERE_MS; !(await isReached()); await wait(LOOK_MS)) {
    if ((await hasEnded(place)) || Date.now() > endMs) return isReached();
    if (Date.now() < lookMs) continue;
    if ((await groups(place)).length === 0) return isReached();
    lookMs = Date.now() + IS_THERE_MS;
  }
  return true;
}

/** Waits until it has ended. Returns its status; null if it was killed, or `endMs` has passed. */
export async function outcome(place: string, endMs: number): Promise<number | null> {
  await reaches(place, "outcome", endMs);
  return outcomeOf(place);
}

export async function hasEnded(place: string): Promise<boolean> {
  return (await outcomeOf(place)) !== null;
}

/** Ends it, with crun and CRIU. */
export async function killFreezer(place: string): Promise<void> {
  const found = await groups(place);
  if (found.length > 0) await run("pkill", ["-KILL", "-g", found.join(",")]).catch(() => {});
}

/** They are one process group, named after the script. */
const groups = (place: string): Promise<string[]> => processesOf(`markco/freeze ${place}`);

/** What CRIU said last, as far as it says why. */
export async function whyCriuFailed(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  const errors = text.split("\n").filter((line) => / Error /.test(line) && !/RLIMIT_NOFILE/.test(line));
  return errors[0]?.replace(/^\(.*?\) Error \(.*?\): /, "").slice(0, 300) ?? "CRIU does not say why";
}
