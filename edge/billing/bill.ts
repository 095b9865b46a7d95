/** What machines cost, from the times that they ran. */
import type { Bill } from "../../shared/daemon/contract.ts";

const HOUR_MS = 60 * 60 * 1000;
/** Of UTC, whose days are all of one length. */
const DAY_MS = 24 * HOUR_MS;

export interface Used {
  readonly project: string;
  readonly tier: string;
  readonly dollarsPerHour: number;
  readonly from: Date;
  /** Null while it runs. */
  readonly to: Date | null;
}

/** First moment of the calendar month that `now` is in, UTC. */
export const monthOf = (now: Date) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));

/** The bill of the month that `now` is in. What ran before it counts from its first moment. */
export function billOf(used: readonly Used[], now: Date): Bill {
  const from = monthOf(now);
  const until = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
  const days = Array.from({ length: now.getUTCDate() }, (_, i) => ({
    fromMs: from.getTime() + i * DAY_MS,
    dollars: 0,
  }));
  const lines = new Map<string, { project: string; tier: string; ms: number; dollars: number; running: boolean }>();
  const largest = new Map<string, { sinceMs: number; dollarsPerHour: number }>();
  for (const { project, tier, dollarsPerHour, from: began, to } of used) {
    const start = Math.max(began.getTime(), from.getTime());
    const ms = Math.max(0, Math.min((to ?? now).getTime(), now.getTime()) - start);
    if (ms === 0 && to !== null) continue;
    const key = JSON.stringify([project, tier]);
    const line = lines.get(key) ?? { project, tier, ms: 0, dollars: 0, running: false };
    lines.set(key, {
      ...line,
      ms: line.ms + ms,
      dollars: line.dollars + (ms / HOUR_MS) * dollarsPerHour,
      running: line.running || to === null,
    });
    for (const day of days) {
      const within = Math.min(start + ms, day.fromMs + DAY_MS) - Math.max(start, day.fromMs);
      day.dollars += (Math.max(0, within) / HOUR_MS) * dollarsPerHour;
    }
    const most = largest.get(project) ?? { sinceMs: start, dollarsPerHour };
    largest.set(project, {
      sinceMs: Math.min(most.sinceMs, start),
      dollarsPerHour: Math.max(most.dollarsPerHour, dollarsPerHour),
    });
  }
  const all = [...lines.values()];
  const dollars = all.reduce((sum, line) => sum + line.dollars, 0);
  const alwaysOn = [...largest.values()].reduce(
    (sum, { sinceMs, dollarsPerHour }) => sum + ((now.getTime() - sinceMs) / HOUR_MS) * dollarsPerHour,
    0,
  );
  const elapsed = Math.max(1, now.getTime() - from.getTime());
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    projects: all
      .map(({ project, tier, ms, dollars: cost, running }) => ({
        project,
        tier,
        seconds: Math.round(ms / 1000),
        dollars: cents(cost),
        running,
      }))
      .toSorted((a, b) => b.dollars - a.dollars),
    dollars: cents(dollars),
    days: days.map(({ fromMs, dollars: cost }) => ({
      date: new Date(fromMs).toISOString().slice(0, 10),
      dollars: cents(cost),
    })),
    forecastDollars: cents(dollars * ((until.getTime() - from.getTime()) / elapsed)),
    alwaysOnDollars: cents(alwaysOn),
  };
}

/** To a hundredth of a cent: a machine of two cents an hour may run for a minute. */
const cents = (dollars: number) => Math.round(dollars * 10_000) / 10_000;
