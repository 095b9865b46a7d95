/** Passages that are commented on: marked in the source, and drawn over the blocks that are shown rendered. */
import { type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  type LayerMarker,
  layer as overlay,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { layer, showsSource } from "../blocks/layer.ts";
import { rangeOf } from "../blocks/place-of.ts";
import { touching } from "../blocks/placed.ts";
import { element } from "../element.ts";
import type { OpenDocument } from "../open-document.ts";
import { placeOf } from "./place.ts";

/** To find all passages anew goes through the whole text: until nobody has typed for so long, they move with it. */
const SETTLED_MS = 400;

const setMarks = StateEffect.define<DecorationSet>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, { changes, effects }) {
    let after = before.map(changes);
    for (const effect of effects) if (effect.is(setMarks)) after = effect.value;
    return after;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function commentMarks(discussed: OpenDocument): Extension {
  return [marks, ViewPlugin.define((view) => new Follower(view, discussed)), inBlocks];
}

class Follower {
  readonly #view: EditorView;
  readonly #discussed: OpenDocument;
  readonly #end: () => void;
  #due = 0;

  constructor(view: EditorView, discussed: OpenDocument) {
    this.#view = view;
    this.#discussed = discussed;
    this.#end = discussed.threads.observe(() => this.#drawSoon(0));
    this.#drawSoon(0);
  }

  update({ docChanged, selectionSet, state }: ViewUpdate): void {
    if (docChanged) this.#drawSoon(SETTLED_MS);
    if (!selectionSet) return;
    const { head } = state.selection.main;
    let at: string | null = null;
    state.field(marks).between(head, head, (_from, _to, { spec }) => {
      at = spec.thread;
    });
    this.#discussed.threads.look(at);
  }

  destroy(): void {
    clearTimeout(this.#due);
    this.#end();
  }

  /** Not at once: an editor that is being updated can't be told of more. */
  #drawSoon(afterMs: number): void {
    clearTimeout(this.#due);
    this.#due = window.setTimeout(() => this.#draw(), afterMs);
  }

  #draw(): void {
    const { text, threads } = this.#discussed;
    const ranges = threads.all.flatMap((thread): Range<Decoration>[] => {
      const place = thread.resolved ? null : placeOf(text, thread);
      if (!place || place.to > this.#view.state.doc.length) return [];
      const isCurrent = thread.id === threads.current;
      const mark = Decoration.mark({ class: classOf(isCurrent), thread: thread.id, isCurrent });
      return [mark.range(place.from, place.to)];
    });
    if (ranges.length === 0 && this.#view.state.field(marks).size === 0) return;
    this.#view.dispatch({ effects: setMarks.of(Decoration.set(ranges, true)) });
  }
}

const classOf = (isCurrent: boolean) => (isCurrent ? "commented is-current" : "commented");

interface Box {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

class Stroke implements LayerMarker {
  readonly #box: Box;
  readonly #isCurrent: boolean;

  constructor(box: Box, isCurrent: boolean) {
    this.#box = box;
    this.#isCurrent = isCurrent;
  }

  eq(other: LayerMarker): boolean {
    return other instanceof Stroke && other.#key === this.#key;
  }

  get #key(): string {
    return JSON.stringify([this.#box, this.#isCurrent]);
  }

  draw(): HTMLElement {
    const stroke = element("div", { class: classOf(this.#isCurrent) });
    for (const [name, value] of Object.entries(this.#box)) stroke.style.setProperty(name, `${value}px`);
    return stroke;
  }
}

/** A block is drawn anew by its own lights, so nothing is put into it. */
const inBlocks = overlay({
  above: true,
  class: "comment-strokes",
  markers(view) {
    const placed = view.state.field(marks);
    const known = placed.size === 0 ? undefined : view.state.field(layer, false);
    if (!known) return [];
    const strokes: Stroke[] = [];
    for (const block of view.contentDOM.querySelectorAll<HTMLElement>(".rendered")) {
      const at = view.posAtDOM(block);
      const shown = touching(known.placement, at, at).find(
        (range) =>
          range.from === at &&
          ["block", "result"].includes(range.value.segment.kind) &&
          !showsSource(view.state, range),
      );
      if (!shown) continue;
      const source = view.state.sliceDoc(shown.from, shown.to);
      placed.between(shown.from, shown.to, (from, to, { spec }) => {
        const range = rangeOf(block, source, from - shown.from, to - shown.from);
        if (range) strokes.push(...boxesOf(view, range).map((box) => new Stroke(box, spec.isCurrent)));
      });
    }
    return strokes;
  },
  update: () => true,
});

function boxesOf({ scrollDOM }: EditorView, range: globalThis.Range): Box[] {
  const outer = scrollDOM.getBoundingClientRect();
  return [...range.getClientRects()]
    .filter(({ width }) => width > 0)
    .map(({ top, left, width, height }) => ({
      top: top - outer.top + scrollDOM.scrollTop,
      left: left - outer.left + scrollDOM.scrollLeft,
      width,
      height,
    }));
}
