/** A run button at each cell, and the state of what runs. */
import { type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { type Cell, kernelLanguage } from "../../../shared/document/cells.ts";
import { cellsOf } from "./cells-of.ts";

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

export function cellGutter(actions: CellActions): Extension {
  const states = StateField.define<ReadonlyMap<number, CellState>>({
    create: () => new Map(),
    update(value, transaction) {
      for (const effect of transaction.effects) if (effect.is(setCellStates)) return effect.value;
      if (!transaction.docChanged || value.size === 0) return value;
      return new Map([...value].map(([at, state]) => [transaction.changes.mapPos(at), state]));
    },
  });
  const decorate = (text: Text, known: ReadonlyMap<number, CellState>): DecorationSet => {
    const marks = cellsOf(text).flatMap((cell) => {
      if (!kernelLanguage(cell) || !cell.fence.closed) return [];
      const line = text.lineAt(cell.fence.from);
      const widget = new RunButton(cell.number, known.get(cell.fence.from) ?? null, actions);
      return [Decoration.widget({ widget, side: 1 }).range(line.to)];
    });
    return Decoration.set(marks);
  };
  const buttons = StateField.define<DecorationSet>({
    create: (state) => decorate(state.doc, new Map()),
    update(value, transaction) {
      const changed = transaction.effects.some((effect) => effect.is(setCellStates));
      if (!transaction.docChanged && !changed) return value;
      return decorate(transaction.state.doc, transaction.state.field(states));
    },
    provide: (field) => EditorView.decorations.from(field),
  });
  return [states, buttons];
}

/** The runnable cell that holds the offset, its output included; null if there is none. */
export function cellAt(text: Text, offset: number): Cell | null {
  const cell = cellsOf(text).find(({ fence, owned }) => fence.from <= offset && offset <= Math.max(fence.to, owned.to));
  return cell && kernelLanguage(cell) ? cell : null;
}
