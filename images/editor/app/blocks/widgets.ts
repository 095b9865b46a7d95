/** What stands in the editor where a page has a block. */
import { type EditorView, WidgetType } from "@codemirror/view";
import { updateResult } from "./growing.ts";
import type { Segment } from "./segment.ts";

/** A block's own HTML, which is safe on this origin: that is the renderer's promise to published pages, too. */
export class BlockWidget extends WidgetType {
  readonly #segment: Segment;
  readonly #finish: (element: HTMLElement) => void;

  /** @param finish adds what only the editor has */
  constructor(segment: Segment, finish: (element: HTMLElement) => void) {
    super();
    this.#segment = segment;
    this.#finish = finish;
  }

  override eq(other: BlockWidget): boolean {
    return other.#segment.html === this.#segment.html && other.#segment.kind === this.#segment.kind;
  }

  override get estimatedHeight(): number {
    return this.#segment.height;
  }

  override toDOM(view: EditorView): HTMLElement {
    const element = this.#draw();
    observe(element, view);
    return element;
  }

  /** An output that grows is not drawn anew: pictures would flicker, and what is scrolled would be at its top again. */
  override updateDOM(element: HTMLElement, _view: EditorView, before: BlockWidget): boolean {
    if (this.#segment.kind !== "result" || before.#segment.kind !== "result") return false;
    updateResult(element, this.#draw());
    return true;
  }

  #draw(): HTMLElement {
    const { kind, html } = this.#segment;
    const element = document.createElement("div");
    element.className = `prose rendered rendered-${kind}`;
    element.innerHTML = html;
    this.#finish(element);
    return element;
  }

  override destroy(element: HTMLElement): void {
    forget(element);
  }

  /** Clicks are looked at in clicks.ts; all else (a fold that opens, a box that scrolls) is the browser's. */
  override ignoreEvent({ type }: Event): boolean {
    return type !== "mousedown";
  }
}

/** The space between two blocks, as the page has it. */
export class GapWidget extends WidgetType {
  readonly #segment: Segment;

  constructor(segment: Segment) {
    super();
    this.#segment = segment;
  }

  override eq(other: GapWidget): boolean {
    return other.#segment.html === this.#segment.html;
  }

  override get estimatedHeight(): number {
    return this.#segment.height;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("div");
    element.className = "prose block-gap";
    element.innerHTML = this.#segment.html;
    return element;
  }
}

const observers = new WeakMap<EditorView, ResizeObserver>();
const observedBy = new WeakMap<Element, ResizeObserver>();

/** A block grows when its pictures and fonts arrive or a fold opens, and CodeMirror measures only what it has changed itself. */
export function observe(element: HTMLElement, view: EditorView): void {
  const observer = observers.get(view) ?? new ResizeObserver(() => view.requestMeasure());
  observers.set(view, observer);
  observedBy.set(element, observer);
  observer.observe(element);
}

export function forget(element: HTMLElement): void {
  observedBy.get(element)?.unobserve(element);
}
