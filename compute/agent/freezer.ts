/**
 * The script that freezes a container (images/host, `freeze`): a process of its own, so that it outlives the agent. What it and CRIU
 * have come to they say by files in the place that they work in, and at last by `outcome`.
 */
import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { exists } from "../projects/folders.ts";

const run = promisify(execFile);
export const SCRIPTS = "/usr/local/lib/markco";
const LOOK_MS = 3;
/** Between looks for the process itself: it may have been killed, and then nothing will ever be said. */
const IS_THERE_MS = 1_000;

/** Begins to freeze a container, as `place`/criu.conf says. */
export function startFreezer(place: string, containerId: string, options: readonly string[] = []): void {
  spawn(`${SCRIPTS}/freeze`, [place, containerId, ...options], { stdio: "ignore", detached: true }).unref();
}

/** Waits until the freezer has come to `stage`, has ended, is no more, or `endMs` has passed. Returns whether it came to it. */
export async function reaches(place: string, stage: string, endMs: number): Promise<boolean> {
  let lookMs = Date.now() + IS_THERE_MS;
  while (!(await exists(join(place, stage)))) {
    if ((await exists(join(place, "outcome"))) || Date.now() > endMs) return exists(join(place, stage));
    if (Date.now() > lookMs) {
      if ((await groups(place)).length === 0) return exists(join(place, stage));
      lookMs = Date.now() + IS_THERE_MS;
    }
    await wait(LOOK_MS);
  }
  return true;
}

/** Waits until it has ended. Returns its status; null if it was killed, or `endMs` has passed. */
export async function outcome(place: string, endMs: number): Promise<number | null> {
  return (await reaches(place, "outcome", endMs)) ? Number(await readFile(join(place, "outcome"), "utf8")) : null;
}

export function hasEnded(place: string): Promise<boolean> {
  return exists(join(place, "outcome"));
}

/** Ends it, with crun and CRIU. */
export async function killFreezer(place: string): Promise<void> {
  const found = await groups(place);
  if (found.length > 0) await run("pkill", ["-KILL", "-g", found.join(",")]).catch(() => {});
}

/** They are one process group, named after the script. */
async function groups(place: string): Promise<string[]> {
  const { stdout } = await run("pgrep", ["-f", `markco/freeze ${place}`]).catch(() => ({ stdout: "" }));
  return stdout.split("\n").filter((line) => line !== "");
}

/** What CRIU said last, as far as it says why. */
export async function whyCriuFailed(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  const errors = text.split("\n").filter((line) => / Error /.test(line) && !/RLIMIT_NOFILE/.test(line));
  return errors[0]?.replace(/^\(.*?\) Error \(.*?\): /, "").slice(0, 300) ?? "CRIU does not say why";
}
