/** Following a person: the document scrolls with their cursor until one types, scrolls or points at something. */
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { cursorOf } from "./cursor.ts";

/** By the Yjs client that they are; null: nobody any more. */
const setFollowed = StateEffect.define<number | null>();

const followed = StateField.define<number | null>({
  create: () => null,
  update(before, { effects }) {
    let after = before;
    for (const effect of effects) if (effect.is(setFollowed)) after = effect.value;
    return after;
  },
});

/** What somebody does who wants to look for themselves. */
const OWN_WAY = ["wheel", "touchmove", "pointerdown", "keydown"] as const;
/** CSS pixels that stay above and below their cursor. */
const MARGIN = 120;

/** Whom the document scrolls with. */
export const followedIn = ({ state }: EditorView): number | null => state.field(followed);

export function follow(view: EditorView, client: number | null): void {
  view.dispatch({ effects: setFollowed.of(client) });
}

/** @param changed told whenever somebody else is followed, or nobody */
export function following(awareness: Awareness, text: Y.Text, changed: () => void): Extension {
  return [
    followed,
    ViewPlugin.define((view) => new Follower(view, awareness, text)),
    EditorView.updateListener.of(({ startState, state }) => {
      if (startState.field(followed) !== state.field(followed)) changed();
    }),
  ];
}

class Follower {
  readonly #view: EditorView;
  readonly #awareness: Awareness;
  readonly #text: Y.Text;

  constructor(view: EditorView, awareness: Awareness, text: Y.Text) {
    this.#view = view;
    this.#awareness = awareness;
    this.#text = text;
    awareness.on("change", this.#look);
    for (const event of OWN_WAY) view.scrollDOM.addEventListener(event, this.#stop, { passive: true });
  }

  update({ startState, state }: ViewUpdate): void {
    // An editor that is being updated can't be told to scroll.
    if (startState.field(followed) !== state.field(followed)) setTimeout(() => this.#scroll());
  }

  destroy(): void {
    this.#awareness.off("change", this.#look);
    for (const event of OWN_WAY) this.#view.scrollDOM.removeEventListener(event, this.#stop);
  }

  readonly #stop = (): void => {
    if (followedIn(this.#view) !== null) follow(this.#view, null);
  };

  readonly #look = ({ updated, removed }: { updated: number[]; removed: number[] }): void => {
    const client = followedIn(this.#view);
    if (client === null) return;
    if (removed.includes(client)) this.#stop();
    else if (updated.includes(client)) this.#scroll();
  };

  #scroll(): void {
    const client = followedIn(this.#view);
    const at = client === null ? null : cursorOf(this.#awareness.getStates().get(client), this.#text);
    if (at === null || at > this.#view.state.doc.length) return;
    this.#view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "nearest", yMargin: MARGIN }) });
  }
}
