/**
 * How tight a runtime's memory is, from its last samples: a level rises at its threshold and falls only well below it, and a
 * runtime that grows fast reaches a level before its memory does.
 */

export const LEVELS = ["calm", "pre-provision", "migrate", "urgent-migrate", "critical"] as const;
export type Level = (typeof LEVELS)[number];

/** Share of the limit at which each level begins. */
const BEGINS: Readonly<Record<Level, number>> = {
  calm: 0,
  "pre-provision": 0.5,
  migrate: 0.75,
  "urgent-migrate": 0.9,
  critical: 0.95,
};
/** A level ends this much below where it begins: a machine that hovers at a threshold does not flap. */
const HYSTERESIS = 0.08;
/** What the memory will be in this time counts as if it were so now, for the levels that take time to act on. */
const HORIZON_MS: Readonly<Record<Level, number>> = {
  calm: 0,
  "pre-provision": 30_000,
  migrate: 8_000,
  "urgent-migrate": 3_000,
  critical: 0,
};
/** Growth is looked at over this time; a shorter history forecasts nothing. */
const WINDOW_MS = 6_000;
const LEAST_MS = 2_000;

export interface Sample {
  readonly atMs: number;
  /** Bytes. */
  readonly used: number;
}

export class Pressure {
  #samples: Sample[] = [];
  #level: Level = "calm";

  get level(): Level {
    return this.#level;
  }

  /** Takes a sample and returns the level that it leads to. Times must rise. */
  add(sample: Sample, limit: number): Level {
    this.#samples = [...this.#samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
    const perMs = this.#growth();
    const current = LEVELS.indexOf(this.#level);
    let reached = 0;
    for (const [i, level] of LEVELS.entries()) {
      const ahead = (sample.used + perMs * HORIZON_MS[level]) / limit;
      const begins = i <= current ? BEGINS[level] - HYSTERESIS : BEGINS[level];
      // A forecast alone does not call small what is small: it counts from half of the threshold on.
      if (ahead >= begins && sample.used / limit >= begins / 2) reached = i;
    }
    this.#level = LEVELS[reached] ?? "calm";
    return this.#level;
  }

  /** Bytes a millisecond; 0 while it shrinks, or while too little is known. */
  #growth(): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < LEAST_MS) return 0;
    return Math.max(0, (last.used - first.used) / (last.atMs - first.atMs));
  }
}
