/** A run button at each cell, and the state of what runs. */
import { type Extension, type Range, StateEffect, StateField, type Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { type Cell, findCells, kernelLanguage } from "../../../shared/document/cells.ts";
import { layer } from "./blocks/layer.ts";
import { touching } from "./blocks/placed.ts";

export type CellState = "queued" | "running";

/** States of cells by the offset of their opening fence. */
export const setCellStates = StateEffect.define<ReadonlyMap<number, CellState>>();

export interface CellActions {
  /** Runs the cell with this number. */
  run(cell: number): void;
  /** Ends its run, or takes it from the queue. */
  interrupt(cell: number): void;
}

class RunButton extends WidgetType {
  readonly #number: number;
  readonly #state: CellState | null;
  readonly #actions: CellActions;

  constructor(number: number, state: CellState | null, actions: CellActions) {
    super();
    this.#number = number;
    this.#state = state;
    this.#actions = actions;
  }

  override eq(other: RunButton): boolean {
    return other.#number === this.#number && other.#state === this.#state;
  }

  override toDOM(): HTMLElement {
    const isActive = this.#state === "queued" || this.#state === "running";
    const button = document.createElement("button");
    button.type = "button";
    button.className = `cell-run ${this.#state ?? ""}`;
    button.textContent = isActive ? (this.#state === "running" ? "Running … Stop" : "Waiting … Cancel") : "Run";
    button.title = isActive ? "Interrupt" : "Run this cell (Shift-Enter)";
    button.setAttribute("aria-label", `${isActive ? "Interrupt" : "Run"} cell ${this.#number}`);
    // The editor must keep its focus and selection.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () =>
      isActive ? this.#actions.interrupt(this.#number) : this.#actions.run(this.#number),
    );
    return button;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const states = StateField.define<ReadonlyMap<number, CellState>>({
  create: () => new Map(),
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setCellStates)) return effect.value;
    if (!transaction.docChanged || value.size === 0) return value;
    return new Map([...value].map(([at, state]) => [transaction.changes.mapPos(at), state]));
  },
});

export function cellGutter(actions: CellActions): Extension {
  class Buttons {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view, actions);
    }

    update({ view, startState, state, docChanged, viewportChanged }: ViewUpdate): void {
      const isChanged = [layer, states].some(
        (field) => startState.field<unknown>(field) !== state.field<unknown>(field),
      );
      if (docChanged || viewportChanged || isChanged) this.decorations = decorate(view, actions);
    }
  }
  return [states, ViewPlugin.fromClass(Buttons, { decorations: ({ decorations }) => decorations })];
}

function decorate({ state, visibleRanges }: EditorView, actions: CellActions): DecorationSet {
  const buttons: Range<Decoration>[] = [];
  const known = state.field(states);
  for (const { from, to } of visibleRanges) {
    for (const range of touching(state.field(layer).placement, from, to)) {
      for (const { number, offset } of range.value.segment.cells) {
        const at = range.from + offset;
        if (at < from || at > to) continue;
        const widget = new RunButton(number, known.get(at) ?? null, actions);
        buttons.push(Decoration.widget({ widget, side: 1 }).range(state.doc.lineAt(at).to));
      }
    }
  }
  return Decoration.set(buttons, true);
}

/** The runnable cell that holds the offset, its output included; null if there is none. */
export function cellAt(text: Text, offset: number): Cell | null {
  const cell = findCells(text.toString()).find(
    ({ fence, owned }) => fence.from <= offset && offset <= Math.max(fence.to, owned.to),
  );
  return cell && kernelLanguage(cell) ? cell : null;
}
