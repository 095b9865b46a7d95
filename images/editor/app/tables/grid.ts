/** A table as a grid: its cells as the page has them, and the one with the cursor as its markdown, which is typed in. */
import type { ChangeDesc, ChangeSet, EditorState, Range, SelectionRange } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Placed } from "../blocks/placed.ts";
import { element } from "../element.ts";
import { CellEditor, type CellHost } from "./cell-editor.ts";
import { type Plan, rowAt } from "./commands.ts";
import { followDrag } from "./drag-out.ts";
import { type Change, frameOf, placeToWrite } from "./edits.ts";
import { inputOf } from "./input.ts";
import { besideTable } from "./leave.ts";
import type { PersonAt } from "./presence.ts";
import { RenderedCells } from "./rendered-cells.ts";
import { cellAt, type Place, parseTable, placeAt, rowsOf, type Table, textAt } from "./source.ts";
import { destination, type Step } from "./step.ts";
import { tableTools } from "./tools.ts";

/** The cell that is typed in. What is written may end with space, which the table's source takes for space around the cell. */
interface Focus {
  readonly place: Place;
  /** Offsets in the document. */
  readonly from: number;
  readonly to: number;
}

/** Where somebody wants to be: an offset alone does not tell cells that are not written from each other. */
export interface Wanted {
  readonly at: number;
  readonly place: Place;
}

export class Grid implements CellHost {
  readonly dom: HTMLElement;
  readonly document: EditorView;
  readonly #want: (wanted: Wanted) => void;
  readonly #tools: HTMLElement;
  readonly #head = element("tr");
  readonly #body = element("tbody");
  readonly #cells = new RenderedCells();
  #table: Table | null = null;
  #from = 0;
  #focus: Focus | null = null;
  /** Where the focus will be after a change of our own. */
  #next: Focus | null = null;
  #editor: CellEditor | null = null;

  constructor(document: EditorView, want: (wanted: Wanted) => void) {
    this.document = document;
    this.#want = want;
    this.#tools = tableTools({
      menu: inputOf(document.state).menu,
      isPossible: (command) => this.#plan(command.plan) !== null,
      act: (command) => this.#act(this.#plan(command.plan)),
      back: () => this.focus(),
    });
    const table = element("table", {}, element("thead", {}, this.#head), this.#body);
    this.dom = element(
      "div",
      { class: "table-grid", mousedown: (event) => this.#drag(event) },
      this.#tools,
      element("div", { class: "prose rendered rendered-block" }, element("div", { class: "table" }, table)),
    );
  }

  get isActive(): boolean {
    return this.#focus !== null;
  }

  focus(): void {
    this.#editor?.view.focus();
  }

  /** Shows the table as it is now. @param changes those of the document since the last time */
  show({ from, to, value }: Range<Placed>, changes: ChangeDesc | null, wanted: Wanted | null): void {
    const { state } = this.document;
    const table = parseTable(state.sliceDoc(from, to));
    if (!table) return;
    this.#table = table;
    this.#from = from;
    this.#cells.take(value, table);
    const before = this.#focus?.place ?? null;
    const focus = isIn(state, from, to) ? this.#focusIn(table, changes, wanted) : null;
    this.#next = null;
    if (!focus?.isKept) this.end();
    const kept = focus?.isKept && before ? { before, now: focus.place } : null;
    this.#focus = focus;
    this.#resize(table, kept);
    this.#fill(table);
    this.#tools.hidden = focus === null;
  }

  /** Nobody types in it any more. */
  end(): void {
    this.#editor?.view.destroy();
    this.#editor = null;
  }

  /** Marks the cells that others are in. */
  showPeople(people: readonly PersonAt[]): void {
    const table = this.#table;
    if (!table) return;
    const marked = new Set<HTMLElement>();
    for (const { offset, name, color } of people) {
      const inside = offset - this.#from;
      const cell = inside >= 0 && inside <= table.source.length ? this.#cellAt(placeAt(table, inside)) : null;
      if (!cell) continue;
      marked.add(cell);
      cell.dataset.person = name;
      cell.title = name;
      cell.style.setProperty("--person", color);
    }
    for (const cell of this.dom.querySelectorAll<HTMLElement>("[data-person]"))
      if (!marked.has(cell)) for (const name of ["data-person", "title"]) cell.removeAttribute(name);
  }

  /** Where the cell is that holds the offset in the table. */
  boxAt(offset: number): DOMRect | null {
    const place = this.#focus?.place ?? (this.#table && placeAt(this.#table, offset));
    return (place && this.#cellAt(place)?.getBoundingClientRect()) ?? null;
  }

  write(changes: ChangeSet, text: string, selection: SelectionRange): void {
    const [table, focus] = [this.#table, this.#focus];
    if (!table || !focus) return;
    const { before, after } = frameOf(table, focus.place, text);
    const all = [{ from: focus.from, to: focus.from, insert: before }];
    changes.iterChanges((from, to, _fromB, _toB, insert) => {
      all.push({ from: focus.from + from, to: focus.from + to, insert: insert.toString() });
    });
    all.push({ from: focus.to, to: focus.to, insert: after });
    const from = focus.from + before.length;
    this.#next = { place: focus.place, from, to: from + text.length };
    this.document.dispatch({
      changes: all.filter((change) => change.to > change.from || change.insert !== ""),
      selection: { anchor: from + selection.anchor, head: from + selection.head },
      userEvent: "input",
    });
  }

  select({ anchor, head }: SelectionRange): void {
    const focus = this.#focus;
    if (!focus) return;
    this.#want({ at: focus.from + head, place: focus.place });
    this.document.dispatch({
      selection: { anchor: focus.from + anchor, head: focus.from + head },
      userEvent: "select",
    });
  }

  go(step: Step): void {
    const [table, focus] = [this.#table, this.#focus];
    if (!table || !focus) return;
    const to = destination(step, focus.place, rowsOf(table), table.sides.length);
    if (to.kind === "cell") this.#goTo(to.place, to.side);
    else if (to.kind === "row") this.#act(rowAt(table, { row: 0, column: to.column }, rowsOf(table)));
    else if (to.kind === "text") this.#leave(to.direction);
    else if (to.kind === "tools") this.#tools.querySelector("button")?.focus();
  }

  #goTo(place: Place, side: "start" | "end"): void {
    if (!this.#table) return;
    const { from, to } = placeToWrite(this.#table, place);
    const at = this.#from + (side === "start" ? from : to);
    this.#want({ at, place });
    this.document.dispatch({ selection: { anchor: at }, scrollIntoView: true, userEvent: "select" });
  }

  #leave(direction: -1 | 1): void {
    const { state } = this.document;
    const end = this.#from + (this.#table?.source.length ?? 0);
    const beside = besideTable(state.doc, this.#from, end, direction);
    if (beside) this.document.dispatch({ ...beside, scrollIntoView: true });
  }

  /** After the cell's own editor has put its caret there. */
  #drag({ target, button }: Event & { button?: number }): void {
    const isInCell = target instanceof Element && target.closest(".table-grid .cm-editor") !== null;
    if (isInCell && button === 0) followDrag(this.dom, this.document, this.document.state.selection.main.anchor);
  }

  #plan(plan: (table: Table, place: Place) => Plan | null): Plan | null {
    return this.#table && this.#focus ? plan(this.#table, this.#focus.place) : null;
  }

  #act(plan: Plan | null): void {
    if (!plan || !this.#focus) return;
    const shifted = (change: Change) => ({ ...change, from: this.#from + change.from, to: this.#from + change.to });
    this.document.dispatch({ changes: plan.changes.map(shifted), userEvent: "input" });
    this.#goTo(plan.place, "end");
    this.focus();
  }

  /** The cell with the cursor; `isKept` if it is the one that was typed in before. */
  #focusIn(table: Table, changes: ChangeDesc | null, wanted: Wanted | null): Focus & { isKept: boolean } {
    const { head } = this.document.state.selection.main;
    const before = this.#focus;
    const isAt = (place: Place) => before?.place.row === place.row && before.place.column === place.column;
    const followed = this.#next ?? (before && this.#follow(before, table, changes));
    if (followed && this.#holds(followed, table, head) && (!wanted || isAt(wanted.place)))
      return { ...followed, isKept: true };
    const isThere = wanted && wanted.place.row < rowsOf(table) && wanted.place.column < table.sides.length;
    const place = isThere ? wanted.place : placeAt(table, head - this.#from);
    const { from, to } = placeToWrite(table, place);
    return { place, from: this.#from + from, to: this.#from + to, isKept: !changes && isAt(place) };
  }

  /** The space around its text is the cell's, too. */
  #holds({ place, from, to }: Focus, table: Table, offset: number): boolean {
    const cell = cellAt(table, place);
    if (!cell) return from <= offset && offset <= to;
    return Math.min(from, this.#from + cell.from) <= offset && offset <= Math.max(to, this.#from + cell.to);
  }

  /** Where the cell is that was typed in, after others have changed the document; null if that can't be said. */
  #follow({ place, ...range }: Focus, table: Table, changes: ChangeDesc | null): Focus | null {
    const from = (changes?.mapPos(range.from, -1) ?? range.from) - this.#from;
    const to = (changes?.mapPos(range.to, 1) ?? range.to) - this.#from;
    if (from < 0 || to > table.source.length) return null;
    const here = placeAt(table, from);
    const written = { row: here.row, column: Math.max(here.column, place.column) };
    // A cell that is not written has its place behind those that are.
    if (from === to && written.column < table.sides.length && !cellAt(table, written))
      return { place: written, from: from + this.#from, to: to + this.#from };
    const cell = cellAt(table, here);
    if (!cell || from < cell.from || to > cell.to) return null;
    const isEmpty = cell.start === cell.end;
    return {
      place: here,
      from: this.#from + (isEmpty ? from : Math.min(from, cell.start)),
      to: this.#from + (isEmpty ? to : Math.max(to, cell.end)),
    };
  }

  /** As many rows and cells as the table has. Those around the cell that is typed in come and go: it stays where it is on the page. */
  #resize({ body, sides }: Table, kept: { readonly before: Place; readonly now: Place } | null): void {
    const keptRow = kept && kept.before.row > 0 && kept.now.row > 0 ? kept : null;
    resize(this.#body, body.length, () => element("tr"), keptRow && [keptRow.before.row - 1, keptRow.now.row - 1]);
    for (const row of this.#rows)
      resize(
        row,
        sides.length,
        () => element(row === this.#head ? "th" : "td"),
        kept && [kept.before.column, kept.now.column],
      );
  }

  #fill(table: Table): void {
    for (const [row, { children }] of this.#rows.entries()) {
      for (const [column, cell] of [...children].entries()) {
        if (!(cell instanceof HTMLElement)) continue;
        const side = table.sides[column];
        cell.className = side ? `align-${side}` : "";
        const place = this.#focus?.place;
        if (place?.row === row && place.column === column) this.#edit(cell);
        else this.#draw(cell, textAt(table, { row, column }));
      }
    }
  }

  #draw(cell: HTMLElement, text: string): void {
    const html = this.#cells.htmlOf(text);
    const key = html ?? `text ${text}`;
    if (drawn.get(cell) === key) return;
    drawn.set(cell, key);
    // Until it is rendered, which takes a moment.
    if (html === null) cell.textContent = text;
    else cell.innerHTML = html;
  }

  #edit(cell: HTMLElement): void {
    const focus = this.#focus;
    if (!focus) return;
    const { state } = this.document;
    const text = state.sliceDoc(focus.from, focus.to);
    const { row, column } = focus.place;
    this.#editor ??= new CellEditor(this, text, `${row === 0 ? "Head" : `Row ${row}`}, column ${column + 1}`);
    const inside = (offset: number) => Math.min(text.length, Math.max(0, offset - focus.from));
    const { anchor, head } = state.selection.main;
    this.#editor.show(text, inside(anchor), inside(head));
    if (this.#editor.view.dom.parentElement !== cell) cell.replaceChildren(this.#editor.view.dom);
    drawn.delete(cell);
    cell.classList.add("is-edited");
  }

  get #rows(): Element[] {
    return [this.#head, ...this.#body.children];
  }

  #cellAt({ row, column }: Place): HTMLElement | null {
    const cell = this.#rows[row]?.children[column];
    return cell instanceof HTMLElement ? cell : null;
  }
}

/** What each cell shows. */
const drawn = new WeakMap<Element, string>();

function isIn({ selection, readOnly }: EditorState, from: number, to: number): boolean {
  const { main, ranges } = selection;
  return !readOnly && ranges.length === 1 && from <= main.from && main.to <= to;
}

/** @param kept which child is kept, and which one it becomes; default: the first ones are */
function resize(parent: Element, count: number, make: () => Element, kept: readonly [number, number] | null): void {
  for (let more = kept ? kept[1] - kept[0] : 0; more > 0; more--) parent.prepend(make());
  for (let less = kept ? kept[0] - kept[1] : 0; less > 0; less--) parent.firstElementChild?.remove();
  while (parent.childElementCount < count) parent.append(make());
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
}
