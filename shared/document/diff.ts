/** How one text became another: line by line (Myers, "An O(ND) difference algorithm", 1986), then within the lines. */
import { minimalChange, type TextChange } from "./changes.ts";

/** Beyond this many changed lines a search for the shortest way costs more than it is worth: one change stands for all. */
const MAX_EDITS = 2_000;

/** Changes that turn `before` into `after`, sorted, with equal text between them. */
export function diffText(before: string, after: string): TextChange[] {
  return diffLines(before, after).flatMap(({ from, to, insert }) => {
    const change = minimalChange(before.slice(from, to), insert);
    return change ? [{ from: from + change.from, to: from + change.to, insert: change.insert }] : [];
  });
}

/** As diffText, in whole lines. */
export function diffLines(before: string, after: string): TextChange[] {
  const a = linesOf(before);
  const b = linesOf(after);
  const changes: TextChange[] = [];
  let aAt = 0;
  let bAt = 0;
  let offset = 0;
  const end: CommonRun = { aStart: a.length, bStart: b.length, length: 0 };
  for (const { aStart, bStart, length } of [...commonRuns(a, b), end]) {
    const from = offset;
    for (; aAt < aStart; aAt++) offset += a[aAt]?.length ?? 0;
    const insert = b.slice(bAt, bStart).join("");
    if (offset > from || insert !== "") changes.push({ from, to: offset, insert });
    for (; aAt < aStart + length; aAt++) offset += a[aAt]?.length ?? 0;
    bAt = bStart + length;
  }
  return changes;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A stretch that is the same in two sequences. */
export interface CommonRun {
  readonly aStart: number;
  readonly bStart: number;
  readonly length: number;
}

/** Runs of equal lines, or of whatever else is compared, along a shortest edit path, in order. */
export function commonRuns(a: readonly string[], b: readonly string[]): CommonRun[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middle = shortestPath(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [
    { aStart: 0, bStart: 0, length: head },
    ...middle.map((run) => ({ ...run, aStart: run.aStart + head, bStart: run.bStart + head })),
    { aStart: a.length - tail, bStart: b.length - tail, length: tail },
  ];
}

function shortestPath(a: readonly string[], b: readonly string[]): CommonRun[] {
  const most = Math.min(a.length + b.length, MAX_EDITS);
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(furthest, diagonal, edits);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return [];
}

/** Where a path with `edits` edits enters the diagonal: from the neighbour that got further. */
function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const below = furthest.get(diagonal - 1) ?? -1;
  const above = furthest.get(diagonal + 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && below < above) ? above : below + 1;
}

function walkBack(trace: readonly ReadonlyMap<number, number>[], aEnd: number, bEnd: number): CommonRun[] {
  const runs: CommonRun[] = [];
  let x = aEnd;
  let y = bEnd;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const start = startOf(furthest, x - y, edits);
    const length = x - start;
    if (length > 0) runs.push({ aStart: start, bStart: start - (x - y), length });
    // One step back: down came from the diagonal above, right from the one below.
    const diagonal = x - y;
    const below = furthest.get(diagonal - 1) ?? -1;
    const above = furthest.get(diagonal + 1) ?? -1;
    y = start - diagonal;
    x = start;
    if (diagonal === -edits || (diagonal !== edits && below < above)) y -= 1;
    else x -= 1;
  }
  return runs.reverse();
}
