/** Two versions of a text side by side: the lines that went and came, and in them the words. */
import { commonRuns, diffLines } from "../../../../shared/document/diff.ts";

/** Lines that are the same around those that are not. */
const CONTEXT = 3;
/** What is changed in so many words is another text: to mark words in it would say nothing. */
const MAX_WORDS = 400;
/** Of the shorter one's characters. */
const LEAST_IN_COMMON = 0.5;

export interface Part {
  readonly text: string;
  readonly isChanged: boolean;
}

export type Row =
  | { readonly kind: "same" | "removed" | "added"; readonly parts: readonly Part[] }
  | { readonly kind: "skipped"; readonly lines: number };

/** Empty if the texts are the same. */
export function compare(before: string, after: string): Row[] {
  const changes = diffLines(before, after);
  const rows: Row[] = [];
  let at = 0;
  for (const [i, { from, to, insert }] of changes.entries()) {
    rows.push(...context(before.slice(at, from), i > 0, true));
    const [removed, added] = compareWords(before.slice(from, to), insert);
    rows.push(...linesOf(removed, "removed"), ...linesOf(added, "added"));
    at = to;
  }
  return changes.length === 0 ? [] : [...rows, ...context(before.slice(at), true, false)];
}

/** All lines of a text that is compared with nothing. */
export function plainRows(text: string): Row[] {
  return linesOf([{ text, isChanged: false }], "same");
}

/** Only what is next to a change. */
function context(text: string, isBehind: boolean, isBefore: boolean): Row[] {
  const rows = plainRows(text);
  const head = isBehind ? CONTEXT : 0;
  const tail = isBefore ? CONTEXT : 0;
  const lines = rows.length - head - tail;
  if (lines <= 1) return rows;
  return [...rows.slice(0, head), { kind: "skipped", lines }, ...rows.slice(rows.length - tail)];
}

function compareWords(before: string, after: string): [Part[], Part[]] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  const whole = (text: string): Part[] => [{ text, isChanged: false }];
  if (a.length > MAX_WORDS || b.length > MAX_WORDS) return [whole(before), whole(after)];
  const [keptA, keptB] = [new Set<number>(), new Set<number>()];
  for (const { aStart, bStart, length } of commonRuns(a, b)) {
    for (let i = 0; i < length; i++) {
      keptA.add(aStart + i);
      keptB.add(bStart + i);
    }
  }
  const lengthOf = (words: readonly string[]) => words.join("").replace(/\s/g, "").length;
  const inCommon = lengthOf(a.filter((_, i) => keptA.has(i)));
  if (inCommon === 0 || inCommon < LEAST_IN_COMMON * Math.min(lengthOf(a), lengthOf(b)))
    return [whole(before), whole(after)];
  const parts = (words: readonly string[], kept: ReadonlySet<number>) =>
    words.map((text, i): Part => ({ text, isChanged: !kept.has(i) }));
  return [parts(a, keptA), parts(b, keptB)];
}

function wordsOf(text: string): string[] {
  return text.match(/\n|[^\S\n]+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** Neighbours that are alike become one part. */
function linesOf(parts: readonly Part[], kind: "same" | "removed" | "added"): Row[] {
  const lines: Part[][] = [[]];
  for (const { text, isChanged } of parts) {
    for (const [i, piece] of text.split("\n").entries()) {
      if (i > 0) lines.push([]);
      const line = lines.at(-1);
      const last = line?.at(-1);
      if (piece === "" || !line) continue;
      if (last?.isChanged === isChanged) line[line.length - 1] = { text: last.text + piece, isChanged };
      else line.push({ text: piece, isChanged });
    }
  }
  // Behind the last line break there is no line.
  if (lines.at(-1)?.length === 0) lines.pop();
  return lines.map((line) => ({ kind, parts: line }));
}
