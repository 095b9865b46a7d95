/**
 * The processes that carry memory: of this program's own file, and not ended with the process that starts them. They say how far
 * they are by files in a folder, which outlive any of them.
 */
import { execFile, spawn } from "node:child_process";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type Carrier = "page-server" | "page-relay";

/** @param folder where it notes how far it is, and finds what it needs */
export function startApart(carrier: Carrier, folder: string, argument: string): void {
  const [, program = ""] = process.argv;
  spawn(process.execPath, [program, carrier, folder, argument], { stdio: "ignore", detached: true }).unref();
}

export async function endApart(carrier: Carrier, folder: string): Promise<void> {
  await run("pkill", ["-KILL", "-f", `${carrier} ${folder} `]).catch(() => {});
}

/** It appears as a whole. */
export async function note(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
