/** Segments at their places in a text that changes under them. */
import { type ChangeDesc, type Range, type RangeSet, RangeValue, type Text } from "@codemirror/state";
import type { Segment } from "./segment.ts";

export class Placed extends RangeValue {
  readonly segment: Segment;
  /** Somebody has typed in it: it shows its source until it has been rendered anew. */
  readonly isEdited: boolean;

  constructor(segment: Segment, isEdited = false) {
    super();
    this.segment = segment;
    this.isEdited = isEdited;
    // What has no lines stays behind what is typed before it; the others take in what is typed at their ends.
    this.startSide = segment.kind === "seam" || segment.kind === "notes" ? 1 : -1;
    this.endSide = 1;
  }

  override eq(other: Placed): boolean {
    return other.segment === this.segment && other.isEdited === this.isEdited;
  }
}

export type Placement = RangeSet<Placed>;

/** The segments that touch a stretch of the text. */
export function touching(placement: Placement, from: number, to: number): Range<Placed>[] {
  const found: Range<Placed>[] = [];
  if (from > to) return found;
  placement.between(from, to, (start, end, placed) => {
    found.push(placed.range(start, end));
  });
  return found;
}

/**
 * Where the segments are after a change. Those that it broke (half a line, an empty block, text in a gap) are gone until the next
 * rendering; those that a person has typed in are marked.
 * @param isActive whether a segment of the old text at these offsets is being edited
 */
export function follow(
  placement: Placement,
  changes: ChangeDesc,
  text: Text,
  isActive: (from: number, to: number) => boolean,
): Placement {
  const edited = new Set<Segment>();
  changes.iterChangedRanges((from, to) => {
    placement.between(from, to, (start, end, { segment }) => {
      if (isActive(start, end)) edited.add(segment);
    });
  });
  let moved = placement.map(changes);
  changes.iterChangedRanges((_fromA, _toA, from, to) => {
    const touched = touching(moved, from, to);
    const kept = touched.filter(({ from, to, value }) => isWhole(value.segment, from, to, text));
    moved = replaceBetween(
      moved,
      touched,
      kept.map(({ from, to, value }) =>
        new Placed(value.segment, value.isEdited || edited.has(value.segment)).range(from, to),
      ),
    );
  });
  return moved;
}

/** Takes ranges out, and puts others in their place. */
export function replaceBetween(
  placement: Placement,
  out: readonly Range<Placed>[],
  add: readonly Range<Placed>[],
): Placement {
  if (out.length + add.length === 0) return placement;
  const values = new Set(out.map(({ value }) => value));
  const from = Math.min(...out.map((range) => range.from));
  const to = Math.max(...out.map((range) => range.to));
  const filter = out.length > 0 ? { filterFrom: from, filterTo: to, filter: keepsOthers(values) } : {};
  return placement.update({ ...filter, add, sort: true });
}

function keepsOthers(values: ReadonlySet<Placed>) {
  return (_from: number, _to: number, value: Placed) => !values.has(value);
}

function isWhole({ kind }: Segment, from: number, to: number, text: Text): boolean {
  switch (kind) {
    case "notes":
      return from === text.length;
    case "seam":
      return text.lineAt(from).to === from;
    case "gap":
      return isLines(text, from, to) && text.sliceString(from, to).trim() === "";
    default:
      return from < to && isLines(text, from, to);
  }
}

function isLines(text: Text, from: number, to: number): boolean {
  return text.lineAt(from).from === from && text.lineAt(to).to === to;
}
