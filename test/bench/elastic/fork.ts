/** A runtime with 512 MB of random bytes, and a cell that prints every 10 ms and writes to them, is forked ten times. */
import { setTimeout as wait } from "node:timers/promises";
import { median } from "../runtime/statistics.ts";
import { linesOf, longestGap, lostOf, PROGRAM } from "./printing.ts";
import { STOPPED, withProject } from "./project.ts";

const MB = 512;
const FORKS = 10;
const BETWEEN_MS = 1_000;

export interface ForkFigures {
  readonly mb: number;
  /** For how long the original stands still: the median of the forks. */
  readonly pauseMs: number;
  /** From the request until the fork can be used, which was then used: the median. */
  readonly usableMs: number;
  /** That were alive at the end. */
  readonly forks: number;
  /** Lines of the original that were lost or doubled. */
  readonly lost: number;
}

export async function fork(): Promise<ForkFigures> {
  return withProject(async (project) => {
    const cell = await project.beginPrinting(PROGRAM(MB, STOPPED));
    const [pauses, usables]: [number[], number[]] = [[], []];
    for (let i = 0; i < FORKS; i++) {
      await wait(BETWEEN_MS);
      const seen = linesOf(cell.text()).length;
      const began = performance.now();
      const { id } = await (await project.ask("POST", "sandboxes", {})).json();
      usables.push(performance.now() - began);
      const answer = await project.ask("GET", `sandboxes/${id}/mrp/v1/sessions`);
      if ((await answer.json()).sessions.length !== 1) throw new Error("the fork has not the original's session");
      await wait(BETWEEN_MS);
      pauses.push(longestGap(linesOf(cell.text()).slice(Math.max(0, seen - 1))));
    }
    const { sandboxes } = await (await project.ask("GET", "sandboxes")).json();
    const forks = sandboxes.filter(({ state }: { state: string }) => state === "running").length;
    await cell.stop();
    return {
      mb: MB,
      pauseMs: Math.round(median(pauses)),
      usableMs: Math.round(median(usables)),
      forks,
      lost: lostOf(linesOf(cell.text())),
    };
  });
}
