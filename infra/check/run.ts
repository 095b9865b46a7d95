/** `npm run check`: types, lint, format and the direction of imports; a line for each thing that is wrong. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../local/folders.ts";
import { attempt, run } from "../local/program.ts";
import { checkImports } from "./imports.ts";

const bin = (name: string) => join(REPOSITORY, "node_modules", ".bin", name);

async function types(): Promise<string[]> {
  const { status, stdout, stderr } = await attempt(bin("tsc"), ["-b", "--pretty", "false"], { cwd: REPOSITORY });
  return status === 0 ? [] : linesOf(stdout + stderr);
}

async function lintAndFormat(): Promise<string[]> {
  const { status, stdout, stderr } = await attempt(
    bin("biome"),
    ["check", "--reporter=github", "--max-diagnostics=none", "."],
    { cwd: REPOSITORY },
  );
  if (status === 0) return [];
  const annotations = linesOf(stdout).flatMap((line) => {
    const [, file, number, text] = /^::\w+ .*?file=([^,]+),line=(\d+).*?::(.*)$/.exec(line) ?? [];
    return file ? [`${file}:${number}: ${text}`] : [];
  });
  return annotations.length > 0 ? annotations : linesOf(stderr);
}

async function imports(): Promise<string[]> {
  const listed = await run(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.mjs"],
    {
      cwd: REPOSITORY,
    },
  );
  // A file that was deleted and not yet committed is still listed.
  return checkImports(
    REPOSITORY,
    linesOf(listed).filter((file) => existsSync(join(REPOSITORY, file))),
  );
}

const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");

const failures = (await Promise.all([types(), lintAndFormat(), imports()])).flat();
for (const line of failures) console.error(line);
console.error(failures.length === 0 ? "check: clean" : `check: ${failures.length} to fix`);
process.exitCode = failures.length === 0 ? 0 : 1;
