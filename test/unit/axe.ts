/** What axe finds wrong with a page. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import * as z from "zod";

const Found = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

export interface Audit {
  /** Selects what is looked at; default: all of the page. */
  readonly within?: string;
  /** Names of axe's rules or tags; default: all of its own. */
  readonly rules?: readonly string[];
}

/** As rule and element. `evaluate` is not subject to the page's policy, which may forbid such a script. */
export async function violationsOn(page: Page, { within, rules }: Audit = {}): Promise<string[]> {
  await page.evaluate(axe.source);
  const context = within === undefined ? "document" : JSON.stringify(within);
  const options = JSON.stringify({ resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) });
  const { violations } = Found.parse(await page.evaluate(`axe.run(${context}, ${options})`));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** What a panel is held to: rules of whole pages do not fit a part. */
export const PART_RULES = ["wcag2a", "wcag2aa", "best-practice"] as const;
