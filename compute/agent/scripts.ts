/**
 * Scripts of the host image (images/host/files/usr/local/lib/markco). They outlive the agent that starts them, and say by a file
 * `outcome` in the place that they work in how they ended.
 */
import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
export const SCRIPTS = "/usr/local/lib/markco";

export function startScript(name: string, args: readonly string[]): void {
  spawn(join(SCRIPTS, name), args, { stdio: "ignore", detached: true }).unref();
}

/** The script's exit status; null before it has ended, and if it was killed. */
export async function outcomeOf(place: string): Promise<number | null> {
  const text = await readFile(join(place, "outcome"), "utf8").catch(() => null);
  return text === null ? null : Number(text);
}

/** Ids of the processes whose command line matches. */
export async function processesOf(pattern: string): Promise<string[]> {
  const { stdout } = await run("pgrep", ["-f", pattern]).catch(() => ({ stdout: "" }));
  return stdout.split("\n").filter((line) => line !== "");
}
