/** Jupyter from PyPI, in the versions that requirements.txt pins. */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "../../../infra/local/program.ts";
import { step } from "../../../infra/local/progress.ts";
import { Fault } from "../../../shared/daemon/fault.ts";
import { ROOT } from "../../platform/platform.ts";

export const BENCH = join(ROOT, ".markco", "bench");
export const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
const VENV = join(BENCH, "jupyter");

/** Makes the virtual environment on first use. Returns its Python. Throws Fault("unavailable") without a network. */
export async function installJupyter(): Promise<string> {
  const python = join(VENV, "bin", "python");
  await once(VENV, await readFile(REQUIREMENTS), "installing Jupyter from PyPI", async () => {
    await run("python3", ["-m", "venv", VENV]);
    await pipInstall(python, ["--requirement", REQUIREMENTS]);
  });
  return python;
}

/** Throws Fault("unavailable") with what pip says. */
export async function pipInstall(python: string, what: readonly string[]): Promise<void> {
  const { status, stderr } = await attempt(python, ["-m", "pip", "install", ...what]);
  if (status === 0) return;
  const why = stderr.trim().split("\n").at(-1);
  throw new Fault("unavailable", `Jupyter can't be installed from PyPI; is there a network? pip says: ${why}`);
}

/** Fills a folder, unless it was filled for the same `cause` before. */
export async function once(
  folder: string,
  cause: string | Uint8Array,
  what: string,
  fill: () => Promise<void>,
): Promise<void> {
  const stamp = join(folder, ".filled-for");
  const wanted = createHash("sha256").update(cause).digest("hex");
  if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return;
  await rm(folder, { recursive: true, force: true });
  await step(what, fill);
  await writeFile(stamp, wanted);
}
