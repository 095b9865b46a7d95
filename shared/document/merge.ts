/** Joins two edits of one text (diff3): what either side added is kept, so nobody's typing is lost to the other. */
import { applyChanges, minimalChange, type TextChange } from "./changes.ts";
import { diffLines, diffText } from "./diff.ts";

/**
 * The changes to `ours` that bring in what `theirs` changed since `base`. Where both changed the same lines, ours stay and
 * the lines that only theirs added follow them; what both did alike is done once.
 */
export function mergeChanges(base: string, ours: string, theirs: string): TextChange[] {
  if (base === theirs || ours === theirs) return [];
  if (base === ours) return diffText(ours, theirs);
  const merged: TextChange[] = [];
  let shift = 0;
  for (const { from, to, own, other } of passages(diffLines(base, ours), diffLines(base, theirs))) {
    const before = base.slice(from, to);
    const start = from + shift;
    const mine = applyChanges(before, own);
    if (other.length > 0) {
      const changes = mergePassage(before, mine, applyChanges(before, other));
      merged.push(...changes.map((change) => moved(change, start)));
    }
    shift += mine.length - before.length;
  }
  return merged;
}

/** Lines of the base that one side or both changed, with the changes by offsets in the passage. */
interface Passage {
  readonly from: number;
  to: number;
  readonly own: TextChange[];
  readonly other: TextChange[];
}

function passages(own: readonly TextChange[], other: readonly TextChange[]): Passage[] {
  const found: Passage[] = [];
  const all = [
    ...own.map((change) => ({ change, side: "own" }) as const),
    ...other.map((change) => ({ change, side: "other" }) as const),
  ];
  all.sort((a, b) => a.change.from - b.change.from || a.change.to - b.change.to);
  for (const { change, side } of all) {
    let last = found.at(-1);
    const samePoint = last && change.from === last.from && change.to === last.to;
    if (!last || (change.from >= last.to && !samePoint)) {
      last = { from: change.from, to: change.to, own: [], other: [] };
      found.push(last);
    }
    last.to = Math.max(last.to, change.to);
    last[side].push(moved(change, -last.from));
  }
  return found;
}

function mergePassage(before: string, mine: string, theirs: string): TextChange[] {
  if (mine === theirs) return [];
  if (before === mine) return diffText(mine, theirs);
  const own = minimalChange(before, mine);
  const other = minimalChange(before, theirs);
  if (!own || !other) return [];
  if (other.to < own.from) return [other];
  if (own.to < other.from) return [moved(other, mine.length - before.length)];
  const known = new Set([...before.split("\n"), ...mine.split("\n")]);
  const added = theirs.split("\n").filter((line) => !known.has(line));
  if (added.length === 0) return [];
  const text = mine === "" || mine.endsWith("\n") ? `${added.join("\n")}\n` : `\n${added.join("\n")}`;
  return [{ from: mine.length, to: mine.length, insert: text }];
}

function moved({ from, to, insert }: TextChange, by: number): TextChange {
  return { from: from + by, to: to + by, insert };
}
