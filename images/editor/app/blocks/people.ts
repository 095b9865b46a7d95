/** Other people's cursors in blocks that are shown rendered: a bar in their colour beside the block, with their name. */
import type { Extension } from "@codemirror/state";
import { type EditorView, type LayerMarker, layer as overlay } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { cursorOf } from "../cursor.ts";
import { element } from "../element.ts";
import { layer, showsSource } from "./layer.ts";
import { touching } from "./placed.ts";

interface Place {
  readonly top: number;
  readonly left: number;
  readonly height: number;
}

class Bar implements LayerMarker {
  readonly #name: string;
  readonly #color: string;
  readonly #place: Place;

  constructor(name: string, color: string, place: Place) {
    this.#name = name;
    this.#color = color;
    this.#place = place;
  }

  eq(other: LayerMarker): boolean {
    return other instanceof Bar && other.#key === this.#key;
  }

  get #key(): string {
    return JSON.stringify([this.#name, this.#color, this.#place]);
  }

  draw(): HTMLElement {
    const bar = element("div", { class: "block-person" }, element("span", {}, this.#name));
    const { top, left, height } = this.#place;
    Object.assign(bar.style, { top: `${top}px`, left: `${left}px`, height: `${height}px`, background: this.#color });
    return bar;
  }
}

/** In source CodeMirror shows them itself, in the text. */
export function peopleInBlocks(awareness: Awareness, text: Y.Text): Extension {
  return overlay({
    above: true,
    class: "block-people",
    markers: (view) =>
      [...awareness.getStates()].flatMap(([id, state]) => {
        const head = id === awareness.clientID ? null : cursorOf(state, text);
        const place = head === null ? null : blockAt(view, head);
        return place ? [new Bar(String(state.user?.name), String(state.user?.color), place)] : [];
      }),
    // What others do comes as a transaction (y-codemirror.next), and there are few of them.
    update: () => true,
  });
}

/** Where the rendered block that holds the offset stands in what scrolls; null if there is none. */
function blockAt(view: EditorView, offset: number): Place | null {
  if (offset > view.state.doc.length) return null;
  const known = view.state.field(layer);
  const block = touching(known.placement, offset, offset).find(
    (range) => ["block", "result"].includes(range.value.segment.kind) && !showsSource(view.state, range),
  );
  if (!block) return null;
  const { top, height } = view.lineBlockAt(block.from);
  const outer = view.scrollDOM.getBoundingClientRect();
  const content = view.contentDOM.getBoundingClientRect();
  return {
    top: top + view.documentTop - outer.top + view.scrollDOM.scrollTop,
    left: content.left - outer.left + view.scrollDOM.scrollLeft,
    height,
  };
}
