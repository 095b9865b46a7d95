/** At each cell: how it stands, and the button that runs it. They lie over the end of its first line, so nothing moves when they change. */
import { type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { layer } from "../blocks/layer.ts";
import { element } from "../element.ts";
import { type KnownCell, knownCells } from "./known.ts";
import { type CellStatus, NOT_RUN, wordsOf } from "./status.ts";

/** By the offset of the cell's fence. */
export type Statuses = ReadonlyMap<number, CellStatus>;

export const setStatuses = StateEffect.define<Statuses>();

export const statuses = StateField.define<Statuses>({
  create: () => new Map(),
  update(value, { effects, docChanged, changes }) {
    for (const effect of effects) if (effect.is(setStatuses)) return effect.value;
    if (!docChanged || value.size === 0) return value;
    return new Map([...value].map(([at, status]) => [changes.mapPos(at, 1), status]));
  },
});

export interface CellActions {
  /** Runs the cell with this number. */
  run(cell: number): void;
  /** Ends its run, or takes it from the queue. */
  interrupt(cell: number): void;
}

const TICK_MS = 1_000;

/** The mark that an element shows now: an element is kept while its cell changes its state, and with it the focus. */
const shown = new WeakMap<HTMLElement, CellMarkWidget>();

class CellMarkWidget extends WidgetType {
  readonly #cell: Pick<KnownCell, "number" | "isTop">;
  readonly #status: CellStatus;
  readonly #actions: CellActions | null;

  constructor(cell: Pick<KnownCell, "number" | "isTop">, status: CellStatus, actions: CellActions | null) {
    super();
    this.#cell = cell;
    this.#status = status;
    this.#actions = actions;
  }

  override eq(other: CellMarkWidget): boolean {
    return other.#key === this.#key;
  }

  get #key(): string {
    return JSON.stringify([this.#cell.number, this.#cell.isTop, this.#status]);
  }

  override toDOM(): HTMLElement {
    const mark = element("span", { class: "cell-mark" }, element("span", { class: "cell-state" }));
    if (this.#actions) {
      const button = element("button", { type: "button", click: () => shown.get(mark)?.act() });
      // The editor must keep its focus and selection.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      mark.append(button);
    }
    this.updateDOM(mark);
    return mark;
  }

  override updateDOM(mark: HTMLElement): boolean {
    shown.set(mark, this);
    const { number, isTop } = this.#cell;
    mark.classList.toggle("in-line", !isTop);
    mark.dataset.state = this.#status.kind;
    this.tick(mark);
    const button = mark.querySelector("button");
    if (!button) return true;
    const [label, title, act] = this.#isOpen
      ? ([this.#status.kind === "queued" ? "Cancel" : "Stop", "Interrupt", "Interrupt"] as const)
      : (["Run", "Run this cell (Ctrl-Enter)", "Run"] as const);
    button.textContent = label;
    button.title = title;
    button.setAttribute("aria-label", `${act} cell ${number}`);
    return true;
  }

  tick(mark: HTMLElement): void {
    const state = mark.querySelector<HTMLElement>(".cell-state");
    const { text, title } = wordsOf(this.#status, Date.now());
    if (!state) return;
    if (state.textContent !== text) state.textContent = text;
    state.title = title;
  }

  get #isOpen(): boolean {
    return ["queued", "starting", "running", "asking"].includes(this.#status.kind);
  }

  act(): void {
    if (this.#isOpen) this.#actions?.interrupt(this.#cell.number);
    else this.#actions?.run(this.#cell.number);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** @param actions null for who may not run cells */
export function cellMarks(actions: CellActions | null): Extension {
  class Marks {
    decorations: DecorationSet;
    readonly #clock: number;

    constructor(view: EditorView) {
      this.decorations = decorate(view, actions);
      this.#clock = window.setInterval(() => {
        for (const mark of view.contentDOM.querySelectorAll<HTMLElement>('.cell-mark[data-state="running"]'))
          shown.get(mark)?.tick(mark);
      }, TICK_MS);
    }

    update({ view, startState, state, docChanged, viewportChanged }: ViewUpdate): void {
      const isChanged = [layer, statuses].some(
        (field) => startState.field<unknown>(field, false) !== state.field<unknown>(field),
      );
      if (docChanged || viewportChanged || isChanged) this.decorations = decorate(view, actions);
    }

    destroy(): void {
      clearInterval(this.#clock);
    }
  }
  return [statuses, ViewPlugin.fromClass(Marks, { decorations: ({ decorations }) => decorations })];
}

function decorate({ state, visibleRanges }: EditorView, actions: CellActions | null): DecorationSet {
  const marks: Range<Decoration>[] = [];
  const known = state.field(statuses);
  for (const { from, to } of visibleRanges) {
    for (const cell of knownCells(state, from, to)) {
      if (cell.language === null) continue;
      const widget = new CellMarkWidget(cell, known.get(cell.from) ?? NOT_RUN, actions);
      // Behind the line's text the cursor would be drawn beside it; before the text it lies over the line's end all the same.
      const place = cell.isTop ? state.doc.lineAt(cell.from).from : state.doc.lineAt(cell.from).to;
      marks.push(Decoration.widget({ widget, side: cell.isTop ? -1 : 1 }).range(place));
    }
  }
  return Decoration.set(marks, true);
}
