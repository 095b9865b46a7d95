/** What this person has folded away of the document's cells: for nobody else, and not in the text. */
import { MapMode, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, WidgetType } from "@codemirror/view";
import { element } from "../element.ts";

export type Part = "code" | "output";

/** `at`: of the cell's opening fence. */
export interface Fold {
  readonly at: number;
  readonly part: Part;
}

export const setFold = StateEffect.define<Fold & { readonly isFolded: boolean }>();

/** A cell that is deleted takes its folds with it. */
export const folded = StateField.define<readonly Fold[]>({
  create: () => [],
  update(value, { effects, changes, docChanged }) {
    let folds = value;
    if (docChanged && folds.length > 0)
      folds = folds.flatMap(({ at, part }) => {
        const moved = changes.mapPos(at, 1, MapMode.TrackAfter);
        return moved === null ? [] : [{ at: moved, part }];
      });
    for (const effect of effects) {
      if (!effect.is(setFold)) continue;
      const { at, part, isFolded } = effect.value;
      folds = folds.filter((fold) => fold.at !== at || fold.part !== part);
      if (isFolded) folds = [...folds, { at, part }];
    }
    return folds;
  },
});

export const isFolded = (folds: readonly Fold[], at: number, part: Part) =>
  folds.some((fold) => fold.at === at && fold.part === part);

/** Stands where something is folded away, and brings it back. */
export class FoldWidget extends WidgetType {
  readonly #fold: Fold;
  readonly #lines: number;

  constructor(fold: Fold, lines: number) {
    super();
    this.#fold = fold;
    this.#lines = lines;
  }

  override eq(other: FoldWidget): boolean {
    return other.#lines === this.#lines && other.#fold.at === this.#fold.at && other.#fold.part === this.#fold.part;
  }

  override toDOM(view: EditorView): HTMLElement {
    const { part } = this.#fold;
    const label = `${this.#lines} ${this.#lines === 1 ? "line" : "lines"} of ${part} hidden`;
    const show = () => view.dispatch({ effects: setFold.of({ ...this.#fold, isFolded: false }) });
    const button = element("button", { type: "button", title: "Show", "aria-expanded": "false", click: show }, label);
    return element(part === "code" ? "span" : "div", { class: `folded folded-${part}` }, button);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
