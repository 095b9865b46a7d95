/** Tables are written in as tables: the part of the blocks that is loaded behind the document, for who may write. */
import type { Extension, Range } from "@codemirror/state";
import { EditorView, type Rect, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import { type Grids, grids } from "../blocks/grids.ts";
import { layer } from "../blocks/layer.ts";
import { type Placed, touching } from "../blocks/placed.ts";
import { forget, observe } from "../blocks/widgets.ts";
import { Grid, type Wanted } from "./grid.ts";
import { held, isGrid } from "./held.ts";
import { input, type TablesInput } from "./input.ts";
import { pointedAt } from "./pointed-at.ts";
import { peopleIn, tellWhere } from "./presence.ts";

class GridWidget extends WidgetType {
  readonly #height: number;

  constructor(height: number) {
    super();
    this.#height = height;
  }

  /** Each shows the table at its place as that is now: the same element goes on through all changes. */
  override eq(): boolean {
    return true;
  }

  override get estimatedHeight(): number {
    return this.#height;
  }

  override toDOM(view: EditorView): HTMLElement {
    const dom = view.plugin(shown)?.make() ?? document.createElement("div");
    observe(dom, view);
    return dom;
  }

  override destroy(dom: HTMLElement): void {
    forget(dom);
    gridOf.get(dom)?.end();
  }

  override coordsAt(dom: HTMLElement, offset: number): Rect | null {
    return gridOf.get(dom)?.grid.boxAt(offset) ?? null;
  }

  /** A click on a cell that is not typed in goes the way of clicks into blocks. */
  override ignoreEvent({ type, target }: Event): boolean {
    const isOnCell = target instanceof Element && target.closest("td, th") && !target.closest(".table-grid .cm-editor");
    return !(isOnCell && (type === "mousedown" || type === "click"));
  }
}

const gridOf = new WeakMap<Element, { readonly grid: Grid; readonly end: () => void }>();

/** The grids that are on the page: mostly one, sometimes a second that waits to be rendered. */
class Shown {
  readonly #view: EditorView;
  readonly #all = new Set<Grid>();
  #wanted: Wanted | null = null;
  #hadFocus = false;

  constructor(view: EditorView) {
    this.#view = view;
  }

  make(): HTMLElement {
    const grid = new Grid(this.#view, this.want);
    this.#all.add(grid);
    gridOf.set(grid.dom, { grid, end: () => this.#end(grid) });
    return grid.dom;
  }

  #end(grid: Grid): void {
    grid.end();
    this.#all.delete(grid);
  }

  readonly want = (wanted: Wanted): void => {
    this.#wanted = wanted;
  };

  /** Before the page changes. */
  update(): void {
    this.#hadFocus = [...this.#all].some(({ dom }) => dom.contains(document.activeElement));
  }

  /** When it has changed. */
  show({ docChanged, changes, view }: ViewUpdate): void {
    const hadFocus = this.#hadFocus;
    const isThere = !docChanged && this.#wanted?.at === view.state.selection.main.head;
    const wanted = isThere ? this.#wanted : null;
    this.#wanted = null;
    for (const grid of this.#all) {
      const range = this.#rangeOf(grid);
      if (range) grid.show(range, docChanged ? changes : null, wanted);
    }
    const active = [...this.#all].find(({ isActive }) => isActive);
    const isLost = hadFocus && (document.activeElement === null || document.activeElement === document.body);
    if (active && (isLost || document.activeElement === view.contentDOM)) active.focus();
    else if (isLost) view.focus();
    for (const grid of this.#all) grid.showPeople(peopleIn(this.#view));
    if (active?.dom.contains(document.activeElement)) tellWhere(view);
  }

  #rangeOf({ dom }: Grid): Range<Placed> | null {
    if (!this.#view.contentDOM.contains(dom)) return null;
    const from = this.#view.posAtDOM(dom);
    const { placement } = this.#view.state.field(layer);
    return (
      touching(placement, from, from).find((range) => range.from === from && range.value.segment.kind === "block") ??
      null
    );
  }
}

const shown = ViewPlugin.fromClass(Shown);

const tables: Grids = {
  shows: isGrid,
  widget: (height) => new GridWidget(height),
  placeIn(view, block, event, from, source) {
    const pointed = pointedAt(block, event, source);
    if (!pointed) return null;
    const at = from + pointed.offset;
    view.plugin(shown)?.want({ at, place: pointed.place });
    return at;
  },
};

export const tableGrids = (given: TablesInput): Extension => [
  input.of(given),
  held,
  shown,
  grids.of(tables),
  EditorView.updateListener.of((update) => update.view.plugin(shown)?.show(update)),
];
