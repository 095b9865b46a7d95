/** What is new in a document's segments: the stretch of them that is worth sending and drawing again. */
import { isSame, type Segment } from "./segment.ts";

export interface Difference {
  /** Everything between these offsets of the new text is replaced. */
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Segment[];
}

/** A document's segments and its length. */
export interface LaidOut {
  readonly segments: readonly Segment[];
  readonly length: number;
}

/**
 * @param touched the offsets of the new text between which it was changed: what stands there is new, even if it looks as before
 * @returns null where nothing is new
 */
export function difference(
  before: LaidOut,
  after: LaidOut,
  touched: { readonly from: number; readonly to: number } | null,
): Difference | null {
  const [old, now] = [before.segments, after.segments];
  const shift = after.length - before.length;
  const most = Math.min(old.length, now.length);

  let start = 0;
  for (; start < most; start++) {
    const [a, b] = [old[start], now[start]];
    if (!a || !b || !isSame(a, b) || a.from !== b.from || (touched && b.to >= touched.from)) break;
  }
  let end = 0;
  for (; end < most - start; end++) {
    const [a, b] = [old[old.length - 1 - end], now[now.length - 1 - end]];
    if (!a || !b || !isSame(a, b) || a.from + shift !== b.from || (touched && b.from <= touched.to)) break;
  }
  if (start === now.length && start === old.length) return null;
  // A space without lines stands where its neighbour ends: they are replaced together.
  while (start > 0 && meets(old, start) + meets(now, start) > 0) start--;
  while (end > 0 && meets(old, old.length - end) + meets(now, now.length - end) > 0) end--;

  const last = now[now.length - end];
  const first = now[start - 1];
  return {
    from: first ? first.to + 1 : 0,
    to: last ? last.from - 1 : after.length,
    segments: now.slice(start, now.length - end),
  };
}

/** 1 if a segment begins where the one before it ends. */
function meets(segments: readonly Segment[], at: number): number {
  const [before, after] = [segments[at - 1], segments[at]];
  return before && after && before.to === after.from ? 1 : 0;
}
