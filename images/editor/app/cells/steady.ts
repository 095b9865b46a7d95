/**
 * The line that somebody types in stays where it is on the screen while outputs above it grow. CodeMirror keeps what stands at the
 * top of the window where it is; what grows in view below that would shove the rest down.
 */
import { type Extension, Transaction } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** CSS pixels: less is not seen. */
const LEAST = 0.5;

class Steady {
  readonly #view: EditorView;
  /** The beginning of the cursor's line, and where that was on the screen when all was at rest; null if that says nothing now. */
  #held: { at: number; top: number } | null = null;
  #isGone = false;

  constructor(view: EditorView) {
    this.#view = view;
    view.scrollDOM.addEventListener("scroll", this.#onScroll, { passive: true });
  }

  update(update: ViewUpdate): void {
    const { docChanged, changes, state, geometryChanged, focusChanged } = update;
    const isOwn = isByPerson(update);
    if (!docChanged && !geometryChanged && !isOwn && !focusChanged) return;
    if (this.#held && docChanged) this.#held = { ...this.#held, at: changes.mapPos(this.#held.at, 1) };
    if (isOwn && this.#held?.at !== state.doc.lineAt(state.selection.main.head).from) this.#held = null;
    // Behind the measuring, in which CodeMirror scrolls itself, and before anything is painted.
    this.#view.requestMeasure({ key: this, read: () => null, write: () => queueMicrotask(() => this.#hold()) });
  }

  readonly #onScroll = () => {
    this.#held = this.#place();
  };

  #place() {
    const { state, hasFocus } = this.#view;
    if (this.#isGone || !hasFocus) return null;
    const at = state.doc.lineAt(state.selection.main.head).from;
    const top = this.#view.coordsAtPos(at)?.top;
    const { top: first, bottom: last } = this.#view.scrollDOM.getBoundingClientRect();
    return top === undefined || top < first || top > last ? null : { at, top };
  }

  #hold(): void {
    if (this.#held && !this.#isGone && this.#view.hasFocus) {
      const top = this.#view.coordsAtPos(this.#held.at)?.top ?? this.#held.top;
      const by = top - this.#held.top;
      if (Math.abs(by) >= LEAST) this.#scroll(by);
    }
    this.#held = this.#place();
  }

  /** A short document gets the room below that this takes. */
  #scroll(by: number): void {
    const { scrollDOM, contentHeight } = this.#view;
    const { paddingTop, paddingBottom } = getComputedStyle(scrollDOM);
    const [above, below] = [Number.parseFloat(paddingTop), Number.parseFloat(paddingBottom)];
    const room = above + contentHeight + below - scrollDOM.clientHeight - scrollDOM.scrollTop;
    if (room < by) scrollDOM.style.paddingBottom = `${Math.ceil(below + by - room)}px`;
    scrollDOM.scrollTop += by;
  }

  destroy(): void {
    this.#isGone = true;
    this.#view.scrollDOM.removeEventListener("scroll", this.#onScroll);
  }
}

const isByPerson = ({ transactions }: ViewUpdate) =>
  transactions.some(
    (transaction) => transaction.selection !== undefined || transaction.annotation(Transaction.userEvent) !== undefined,
  );

export const steady: Extension = ViewPlugin.fromClass(Steady);
