export async function milliseconds(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

/** The time of each of `times` runs, one after the other. */
export async function repeat(times: number, act: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) taken.push(await milliseconds(act));
  return taken;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const round = (value: number) => Math.round(value * 100) / 100;
