/** Lighthouse's scores of published pages, on its own terms: a phone of the middle class on a slow network. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { run } from "../../../infra/local/program.ts";
import { BROWSER } from "../../browser.ts";
import { PACKAGES } from "./packages.ts";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;

const Report = z.object({
  categories: z.record(
    z.string(),
    z.object({
      score: z.number(),
      auditRefs: z.array(z.object({ id: z.string(), weight: z.number() })),
    }),
  ),
  audits: z.record(z.string(), z.object({ score: z.number().nullable() })),
});

export interface PageScores {
  /** Of 100. */
  readonly scores: Record<string, number>;
  /** Audits that cost points. */
  readonly missed: readonly string[];
}

/** What else runs on a shared machine takes points for speed away, and never gives any. */
const ATTEMPTS = 3;

/** The attempt with the best speed; the other categories come out the same each time. */
export async function bestScoresOf(url: string): Promise<PageScores> {
  const speed = ({ scores }: PageScores) => scores.performance ?? 0;
  let best = await scoresOf(url);
  for (let attempt = 1; attempt < ATTEMPTS && speed(best) < 100; attempt++) {
    const next = await scoresOf(url);
    if (speed(next) > speed(best)) best = next;
  }
  return best;
}

async function scoresOf(url: string): Promise<PageScores> {
  const output = join(PACKAGES, "lighthouse.json");
  const program = join(PACKAGES, "node_modules/lighthouse/cli/index.js");
  await run(
    process.execPath,
    [
      program,
      url,
      "--quiet",
      "--output=json",
      `--output-path=${output}`,
      `--only-categories=${CATEGORIES.join(",")}`,
      "--chrome-flags=--no-sandbox --disable-gpu --disable-background-networking",
    ],
    { env: { CHROME_PATH: BROWSER } },
  );
  const { categories, audits } = Report.parse(JSON.parse(await readFile(output, "utf8")));
  const scores = Object.fromEntries(
    Object.entries(categories).map(([name, { score }]) => [name, Math.round(score * 100)]),
  );
  const missed = Object.values(categories)
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
    .map(({ id }) => id);
  return { scores, missed };
}
