/** The button "Comment" beside what is selected, and its key. */
import type { Extension } from "@codemirror/state";
import { type EditorView, keymap, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Passage } from "../../../../shared/editor/anchor.ts";
import { element } from "../element.ts";

/** CSS pixels between the button and the words. */
const GAP = 8;

/** @param take told which passage somebody wants to comment on */
export function offerComment(take: (passage: Passage) => void): Extension {
  const run = ({ state }: EditorView): boolean => {
    const { from, to, empty } = state.selection.main;
    if (!empty) take({ from, to });
    return !empty;
  };
  return [keymap.of([{ key: "Mod-Alt-m", run }]), ViewPlugin.define((view) => new Offer(view, () => run(view)))];
}

class Offer {
  readonly #view: EditorView;
  readonly #button: HTMLButtonElement;

  constructor(view: EditorView, take: () => void) {
    this.#view = view;
    this.#button = element(
      "button",
      {
        type: "button",
        class: "comment-offer",
        title: "Comment on what is selected (Ctrl-Alt-M)",
        hidden: true,
        // The selection stays where it is.
        mousedown: (event) => event.preventDefault(),
        click: take,
      },
      "Comment",
    );
    view.dom.append(this.#button);
    this.#place();
  }

  update({ selectionSet, docChanged, geometryChanged, focusChanged }: ViewUpdate): void {
    if (selectionSet || docChanged || geometryChanged || focusChanged) this.#place();
  }

  destroy(): void {
    this.#button.remove();
  }

  #place(): void {
    this.#button.hidden = this.#view.state.selection.main.empty;
    if (this.#button.hidden) return;
    this.#view.requestMeasure({
      key: this,
      read: (view) => {
        const head = view.coordsAtPos(view.state.selection.main.head);
        const outer = view.dom.getBoundingClientRect();
        const column = view.contentDOM.getBoundingClientRect();
        const { width, height } = this.#button.getBoundingClientRect();
        if (!head) return null;
        const besideText = column.right - outer.left;
        const isBeside = besideText + width <= outer.width;
        return {
          left: isBeside ? besideText : outer.width - width - GAP,
          // Where there is no room beside the text it must not lie on what is selected.
          top: isBeside ? (head.top + head.bottom - height) / 2 - outer.top : head.bottom - outer.top + GAP,
        };
      },
      write: (place) => {
        if (!place) return;
        this.#button.style.left = `${place.left}px`;
        this.#button.style.top = `${place.top}px`;
      },
    });
  }
}
