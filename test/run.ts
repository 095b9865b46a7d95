/**
 * `npm test`: everything, and at the end one plain line `N passed, N failed, N skipped`.
 * Arguments go to vitest: `npm test -- --project unit shared` runs a part.
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import * as z from "zod";
import { buildAll } from "../infra/build.ts";
import { ensureImages } from "../infra/local/images/images.ts";
import { ensurePrograms } from "../infra/local/needs/packages.ts";

const ROOT = join(import.meta.dirname, "..");
const REPORT = join(ROOT, ".markco", "test-report.json");

const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});
type Report = z.infer<typeof Report>;

/** A run of thousands of tests ends with what failed in it: who reads a log from its end finds all of it there. */
const MOST_NAMED = 50;
const MOST_CHARS = 300;

function failuresIn({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.flatMap(({ status, fullName, failureMessages }) => {
      const [reason] = (failureMessages?.[0] ?? "").split("\n");
      const line = `failed: ${relative(ROOT, name)} > ${fullName}: ${reason}`;
      return status === "failed" ? line.slice(0, MOST_CHARS) : [];
    }),
  );
}

function run(script: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, script), ...args], {
      cwd: ROOT,
      stdio: "inherit",
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: string[];
}

/** Runs vitest, and adds what came of it. */
async function vitest(args: readonly string[], outcome: Outcome): Promise<void> {
  await mkdir(dirname(REPORT), { recursive: true });
  await rm(REPORT, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const status = await run("node_modules/vitest/vitest.mjs", ["run", ...reporters, ...args]);
  const report = Report.safeParse(JSON.parse(await readFile(REPORT, "utf8").catch(() => "null")));
  if (report.success) {
    outcome.passed += report.data.numPassedTests;
    outcome.failed += report.data.numFailedTests;
    outcome.skipped += report.data.numPendingTests;
    outcome.failures.push(...failuresIn(report.data));
  }
  // A file that could not be loaded, or a set-up that broke, has no failed test of its own.
  if (status !== 0 && !(report.success && report.data.numFailedTests > 0)) outcome.failed++;
}

/** The images, of which only the platform's tests have need, are built beside the other tests: that is mostly waiting for packages. */
async function everything(outcome: Outcome): Promise<void> {
  if ((await run("infra/check/run.ts", [])) === 0) outcome.passed++;
  else outcome.failed++;
  const images = buildAll()
    .then(ensureImages)
    .catch((error: unknown) => console.error(`the images: ${error}`));
  await vitest(["--project", "unit"], outcome);
  await images;
  await vitest(["--project", "platform"], outcome);
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const outcome: Outcome = { passed: 0, failed: 0, skipped: 0, failures: [] };
  await ensurePrograms("tests");
  if (args.length > 0) await vitest(args, outcome);
  else await everything(outcome);
  const { passed, failed, skipped, failures } = outcome;
  for (const line of failures.slice(0, MOST_NAMED)) console.log(line);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
