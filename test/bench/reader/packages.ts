/** The packages that package.json pins, from npm, in a folder of the benchmark: what is run and tested needs none of them. */
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../infra/local/program.ts";
import { BENCH, once } from "../runtime/install.ts";

export const PACKAGES = join(BENCH, "reader");

const CONTENDERS = join(import.meta.dirname, "contenders");

/** A copy of `contenders/<file>` beside the packages: where it lies, it would find those of the repository. */
export async function contenderAmongPackages(file: string): Promise<string> {
  const copy = join(PACKAGES, "contenders", file);
  await mkdir(join(PACKAGES, "contenders"), { recursive: true });
  await copyFile(join(CONTENDERS, file), copy);
  return copy;
}

/** Throws Fault("unavailable") without a network. */
export async function installPackages(): Promise<void> {
  const files = ["package.json", "package-lock.json"];
  const contents = await Promise.all(files.map((file) => readFile(join(import.meta.dirname, file))));
  await once(PACKAGES, Buffer.concat(contents), "installing the reader's peers from npm", async () => {
    await mkdir(PACKAGES, { recursive: true });
    for (const file of files) await copyFile(join(import.meta.dirname, file), join(PACKAGES, file));
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: PACKAGES });
  });
}
