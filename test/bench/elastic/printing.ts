/** A program that fills memory with random bytes, prints a number and the time every 10 ms, and writes to its memory; and its lines. */

/**
 * Its memory is filled where it is: twice as much for a moment would have the monitor move it first.
 * @param stop when it ends, as a Python expression
 */
export const PROGRAM = (mb: number, stop: string) => `import os, time
block = bytearray(${mb} << 20)
for i in range(0, len(block), 1 << 20):
    block[i : i + (1 << 20)] = os.urandom(1 << 20)
n = 0
while not (${stop}):
    n += 1
    block[(n * 4096 * 17) % len(block)] = n % 256
    print(n, time.time() * 1000, flush=True)
    time.sleep(0.01)
print("end", flush=True)`;

export type Line = readonly [number: number, atMs: number];

/** Number and time of each line that was printed. */
export function linesOf(text: string): Line[] {
  return [...text.matchAll(/(?<![\d.])(\d+) (\d{13}\.\d+)/g)].map(([, n, at]) => [Number(n), Number(at)]);
}

/** The longest time between two lines, in milliseconds. */
export function longestGap(lines: readonly Line[]): number {
  let longest = 0;
  for (const [i, [, at]] of lines.entries()) longest = Math.max(longest, at - (lines[i - 1]?.[1] ?? at));
  return Math.round(longest);
}

/** Lines that are missing or stand there twice. */
export function lostOf(lines: readonly Line[]): number {
  const numbers = lines.map(([n]) => n);
  const different = new Set(numbers).size;
  return (numbers.at(-1) ?? 0) - different + (numbers.length - different);
}
