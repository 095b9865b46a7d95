/** Shows blocks where the cursor is not, and where it is their source. */
import {
  type EditorState,
  type Extension,
  type Range,
  RangeSet,
  StateEffect,
  StateField,
  type Transaction,
} from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import { allowedScripts, type FetchText, frameDecorations, runScripts } from "../frames.ts";
import { type Fold, FoldWidget, folded, isFolded, setFold } from "./folded.ts";
import { grids } from "./grids.ts";
import { follow, type Placed, type Placement, replaceBetween, touching } from "./placed.ts";
import { BlockWidget, GapWidget } from "./widgets.ts";

/** What has been rendered: all that stands between two offsets of the text is replaced. */
export interface News {
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Range<Placed>[];
}

export const setSegments = StateEffect.define<News>();
/** Everything as source, or not. */
export const setSourceMode = StateEffect.define<boolean>();
/** From the first time on that the editor has the focus, its selection says what is edited. */
const setTouched = StateEffect.define<null>();

export interface LayerInput {
  /** Adds to a block what only the editor has. */
  readonly finish: (block: HTMLElement) => void;
  readonly fetchText: FetchText;
}

interface Layer {
  readonly placement: Placement;
  readonly shown: DecorationSet;
  /** Offsets of the ends of the selection: a block that holds one is edited. Empty while nothing is. */
  readonly ends: readonly number[];
  readonly isTouched: boolean;
  /** What is selected was looked for: it is seen in the source, also by those who may only read. */
  readonly isFound: boolean;
  readonly isSource: boolean;
}

const EMPTY: Layer = {
  placement: RangeSet.empty,
  shown: Decoration.none,
  ends: [],
  isTouched: false,
  isFound: false,
  isSource: false,
};

const input = StateField.define<LayerInput | null>({ create: () => null, update: (value) => value });

export const layer: StateField<Layer> = StateField.define<Layer>({
  create: () => EMPTY,
  update: (before, transaction) => next(before, transaction),
  provide: (field) => EditorView.decorations.from(field, ({ shown }) => shown),
});

export function blockLayer(given: LayerInput): Extension {
  return [
    input.init(() => given),
    allowedScripts,
    folded,
    layer,
    EditorView.focusChangeEffect.of((_state, isFocused) => (isFocused ? setTouched.of(null) : null)),
  ];
}

/** Whether the segment shows its source. */
export function showsSource(state: EditorState, range: Range<Placed>): boolean {
  return lookOf(state.field(layer), range, state) === "source";
}

type Look = "source" | "rendered" | "grid";

function lookOf({ ends, isFound, isSource }: Layer, range: Range<Placed>, state: EditorState): Look {
  const { from, to, value } = range;
  if (value.segment.kind === "cell" || value.segment.kind === "plain" || isSource) return "source";
  const isHere = ends.some((end) => from <= end && end <= to);
  if (!isHere && !value.isEdited) return "rendered";
  if (isHere && isFound) return "source";
  return state.facet(grids)?.shows(range, isHere, state) ? "grid" : "source";
}

function next(before: Layer, transaction: Transaction): Layer {
  const { startState, state, changes, docChanged, effects } = transaction;
  let { placement, shown, isTouched, isFound, isSource } = before;
  /** Stretches of the new text that may look different now. */
  const dirty: [number, number][] = [];

  if (docChanged) {
    const isActive = (from: number, to: number) => before.ends.some((end) => from <= end && end <= to);
    placement = follow(placement, changes, state.doc, isActive);
    shown = shown.map(changes);
    changes.iterChangedRanges((_fromA, _toA, from, to) => dirty.push([from, to]));
  }
  for (const effect of effects) {
    if (effect.is(setSegments)) {
      placement = withNews(placement, effect.value);
      dirty.push([effect.value.from, effect.value.to]);
    }
    if (effect.is(setTouched)) isTouched = true;
    if (effect.is(setSourceMode)) isSource = effect.value;
    if (effect.is(runScripts) || effect.is(setSourceMode) || effect.is(setFold)) dirty.push([0, state.doc.length]);
  }
  if (startState.facet(grids) !== state.facet(grids)) dirty.push([0, state.doc.length]);
  if (transaction.selection) isFound = transaction.isUserEvent("select.search");
  const ends = isTouched && (isFound || !state.readOnly) ? endsOf(state) : [];
  if (String(ends) !== String(before.ends) || isFound !== before.isFound) {
    for (const end of before.ends) dirty.push([changes.mapPos(end), changes.mapPos(end)]);
    for (const end of ends) dirty.push([end, end]);
  }
  if (dirty.length === 0 && isTouched === before.isTouched && isFound === before.isFound) return before;
  const after = { placement, ends, isTouched, isFound, isSource };
  for (const [from, to] of dirty) shown = redraw(shown, { ...after, shown }, from, to, state);
  return { ...after, shown };
}

function endsOf({ selection }: EditorState): number[] {
  return [...new Set(selection.ranges.flatMap(({ anchor, head }) => [anchor, head]))];
}

function withNews(placement: Placement, { from, to, segments }: News): Placement {
  const old = touching(placement, from, to).filter((range) => range.from >= from && range.to <= to);
  return replaceBetween(placement, old, segments);
}

/** Draws anew what touches a stretch of the text. */
function redraw(shown: DecorationSet, after: Layer, from: number, to: number, state: EditorState): DecorationSet {
  let [start, end] = [from, to];
  // The seam behind a segment stands where that ends.
  for (const range of touching(after.placement, from, to)) {
    start = Math.min(start, range.from);
    end = Math.max(end, range.to);
  }
  const add = touching(after.placement, start, end).flatMap((range) => decorate(after, range, state));
  // Where nothing changes the set stays the same object, which CodeMirror sees at a glance.
  if (isDrawn(shown, start, end, add)) return shown;
  return shown.update({
    filterFrom: start,
    filterTo: end,
    filter: (from, to) => from > end || to < start,
    add,
    sort: true,
  });
}

function isDrawn(shown: DecorationSet, start: number, end: number, wanted: readonly Range<Decoration>[]): boolean {
  let at = 0;
  let isSame = true;
  shown.between(start, end, (from, to, value) => {
    const range = wanted[at++];
    isSame &&= range?.from === from && range.to === to && value.eq(range.value);
    return isSame ? undefined : false;
  });
  return isSame && at === wanted.length;
}

function decorate(after: Layer, range: Range<Placed>, state: EditorState): Range<Decoration>[] {
  const given = state.field(input);
  const { from, to } = range;
  const { segment } = range.value;
  if (!given) return [];
  switch (segment.kind) {
    case "block":
    case "result": {
      const frames = frameDecorations(segment.frames, to, state.field(allowedScripts), given.fetchText);
      const look = lookOf(after, range, state);
      if (look === "source") return frames;
      const fold = segment.kind === "result" ? foldOf(after, range, state) : null;
      if (fold) {
        const lines = state.sliceDoc(from, to).trim().split("\n").length;
        return [Decoration.replace({ widget: new FoldWidget(fold, lines), block: true }).range(from, to)];
      }
      const grid = look === "grid" ? state.facet(grids)?.widget(segment.height) : null;
      const widget = grid ?? new BlockWidget(segment, given.finish);
      return [Decoration.replace({ widget, block: true }).range(from, to), ...frames];
    }
    case "cell":
      return frameDecorations(segment.frames, to, state.field(allowedScripts), given.fetchText);
    case "plain":
      return [];
    case "gap":
      if (lookOf(after, range, state) === "source") return [];
      return [Decoration.replace({ widget: new GapWidget(segment), block: true }).range(from, to)];
    case "seam":
      if (after.isSource) return [];
      return [Decoration.widget({ widget: new GapWidget(segment), block: true, side: SIDES.seam }).range(to)];
    case "notes":
      if (after.isSource) return [];
      return [
        Decoration.widget({ widget: new BlockWidget(segment, given.finish), block: true, side: SIDES.notes }).range(to),
      ];
  }
}

/** Null if the result is not folded away. Its cell ends on the line before. */
function foldOf({ placement }: Layer, { from }: Range<Placed>, state: EditorState): Fold | null {
  const folds = state.field(folded);
  if (folds.length === 0) return null;
  const cell = touching(placement, from - 1, from - 1).find(({ value }) => value.segment.kind === "cell");
  const at = cell ? cell.from + (cell.value.segment.cells[0]?.offset ?? 0) : -1;
  return isFolded(folds, at, "output") ? { at, part: "output" } : null;
}

/** The order of what stands behind a line; frames and input fields come first. */
const SIDES = { seam: 100, notes: 200 } as const;
