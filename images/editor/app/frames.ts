/** Shows, behind their cells: interactive outputs and rich tables, and the pages that `html`, `css` and `js` cells make. */
import { type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type EditorView, WidgetType } from "@codemirror/view";
import type { FrameMark } from "./blocks/segment.ts";
import { element } from "./element.ts";
import { heightOf, sandboxedFrame } from "./frame.ts";

/** Somebody asked for the scripts of this page, as it stands. */
export const runScripts = StateEffect.define<string>();

/** Gets a file of the project. */
export type FetchText = (path: string) => Promise<string>;

export type AllowedScripts = ReadonlySet<string>;

export const allowedScripts = StateField.define<AllowedScripts>({
  create: () => new Set(),
  update(value, transaction) {
    const asked = transaction.effects.flatMap((effect) => (effect.is(runScripts) ? [effect.value] : []));
    return asked.length > 0 ? new Set([...value, ...asked]) : value;
  },
});

type Act = (view: EditorView) => void;

class Frame extends WidgetType {
  readonly #key: string;
  readonly #title: string;
  readonly #html: () => Promise<string>;
  /** Runs its scripts; null if it has none, or they run. */
  readonly #run: Act | null;

  constructor(key: string, title: string, html: () => Promise<string>, run: Act | null = null) {
    super();
    this.#key = key;
    this.#title = title;
    this.#html = html;
    this.#run = run;
  }

  override eq(other: Frame): boolean {
    return other.#key === this.#key;
  }

  override get estimatedHeight(): number {
    return heightOf(this.#key);
  }

  override toDOM(view: EditorView): HTMLElement {
    const run = this.#run;
    const frame = sandboxedFrame(this.#key, this.#title, this.#html, () => view.requestMeasure());
    if (!run) return element("div", { class: "frame-holder" }, frame);
    const button = element("button", { type: "button", class: "cell-run", click: () => run(view) }, "Run script");
    return element("div", { class: "frame-holder" }, frame, button);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** The frames behind the line that ends at `at`. */
export function frameDecorations(
  frames: readonly FrameMark[],
  at: number,
  allowed: AllowedScripts,
  fetchText: FetchText,
): Range<Decoration>[] {
  return frames.map((mark) => {
    const widget =
      mark.kind === "file" ? new Frame(mark.path, mark.title, () => fetchText(mark.path)) : pageFrame(mark, allowed);
    return Decoration.widget({ widget, block: true, side: 1 }).range(at);
  });
}

function pageFrame({ plain, scripted }: FrameMark & { kind: "page" }, allowed: AllowedScripts): Frame {
  const isRun = scripted !== null && allowed.has(scripted);
  const html = isRun ? scripted : plain;
  const run: Act = (view) => view.dispatch({ effects: runScripts.of(scripted ?? "") });
  return new Frame(
    html,
    "Page of the cells above",
    () => Promise.resolve(html),
    scripted === null || isRun ? null : run,
  );
}
