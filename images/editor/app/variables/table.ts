/** A data frame, page by page: the runtime is asked for the rows that are seen, and never for the whole. */
import type { Answer, Sort } from "../../../../shared/mrp/introspection.ts";
import { element } from "../element.ts";
import { type Place, variableAt } from "./ask.ts";
import { dimensions, number } from "./kind.ts";

/** Of a page. As many columns as kernels show at once (images/runtime/kernels/README.md). */
const [ROWS, COLUMNS] = [100, 100];

/** What of it is shown: from which row and which column on, counted from 0, and how the rows are sorted. */
interface Page {
  readonly offset: number;
  readonly column: number;
  readonly sort: Sort | null;
}

export function openTable(projectId: string, place: Place): void {
  const title = [place.name, ...place.path].join(" › ");
  const size = element("span", { class: "hint" });
  const status = element("span", { role: "status" });
  const problem = element("p", { class: "problem", role: "alert" });
  const cells = element("div", { class: "cells", tabindex: "0", role: "region", "aria-label": `Cells of ${title}` });
  const first = pageButton("First", () => 0);
  const previous = pageButton("Previous", () => page.offset - ROWS);
  const next = pageButton("Next", () => page.offset + ROWS);
  const last = pageButton("Last", () => lastStart());
  const rowField = element("input", { type: "number", min: "1", step: "1", "aria-label": "Row" });
  const goTo = element("form", { submit: goToRow }, rowField, element("button", { type: "submit" }, "Go to row"));
  const before = element("button", { type: "button", click: () => void showColumns(-1) }, "‹ Columns");
  const behind = element("button", { type: "button", click: () => void showColumns(1) }, "Columns ›");
  const dialog = element(
    "dialog",
    { class: "data-frame", "aria-label": title },
    element(
      "header",
      {},
      element("h2", {}, title),
      size,
      before,
      behind,
      element("button", { type: "button", "aria-label": "Close the table", click: () => dialog.close() }, "×"),
    ),
    cells,
    problem,
    element("footer", {}, first, previous, status, next, last, goTo),
  );
  /** What is shown, and how many rows and columns there are. */
  let page: Page = { offset: 0, column: 0, sort: null };
  let [total, width]: [number, number] = [0, 0];
  let asked = 0;

  const lastStart = () => Math.max(0, Math.floor((total - 1) / ROWS) * ROWS);

  function pageButton(label: string, start: () => number): HTMLButtonElement {
    return element("button", { type: "button", click: () => void show({ offset: start() }) }, label);
  }

  function goToRow(event: Event): void {
    event.preventDefault();
    const row = rowField.valueAsNumber;
    if (row >= 1) void show({ offset: Math.floor((Math.min(row, total) - 1) / ROWS) * ROWS });
  }

  const showColumns = (step: number) => show({ column: Math.max(0, page.column + step * COLUMNS) });

  /** Up, then down, then as they are. */
  function sortBy(chosen: number): void {
    const now = page.sort?.column === chosen ? page.sort : null;
    void show({ offset: 0, sort: now?.descending ? null : { column: chosen, descending: now !== null } });
  }

  async function show(change: Partial<Page>) {
    const question = ++asked;
    const wanted = {
      offset: Math.max(0, change.offset ?? page.offset),
      column: change.column ?? page.column,
      sort: change.sort === undefined ? page.sort : change.sort,
    };
    try {
      const answer = await variableAt(projectId, place, { ...wanted, limit: ROWS });
      if (question !== asked) return;
      problem.textContent = "";
      draw(answer, wanted);
    } catch (error) {
      if (question === asked) problem.textContent = error instanceof Error ? error.message : "This can't be shown.";
    }
  }

  function draw({ table, shape, count, type, source }: Answer<"variable">, wanted: Page): void {
    if (!table) {
      problem.textContent = "It is no table any more.";
      return;
    }
    if (table.firstColumn !== wanted.column) problem.textContent = "This runtime shows the first columns only.";
    if (wanted.sort !== null && table.sort === null) problem.textContent = "This runtime does not sort.";
    page = { offset: wanted.offset, column: table.firstColumn, sort: table.sort };
    [total, width] = [count ?? table.rows.length, shape?.[1] ?? table.columns.length];
    const isWide = width > table.columns.length;
    const words = [
      shape ? `${type} · ${dimensions(shape)}` : type,
      isWide ? `columns ${number(page.column + 1)}–${number(page.column + table.columns.length)}` : "",
      source === "snapshot" ? "as it was before the cell that runs" : "",
    ];
    size.textContent = words.filter(Boolean).join(" · ");
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.column : undefined;
    const { scrollLeft } = cells;
    cells.replaceChildren(drawCells(table, title, sortBy));
    cells.scrollTo(scrollLeft, 0);
    if (focused !== undefined) cells.querySelector<HTMLElement>(`[data-column="${focused}"]`)?.focus();
    const end = page.offset + table.rows.length;
    status.textContent = total === 0 ? "No rows" : `${number(page.offset + 1)}–${number(end)} of ${number(total)} rows`;
    first.disabled = previous.disabled = page.offset === 0;
    next.disabled = last.disabled = end >= total;
    before.hidden = behind.hidden = !isWide;
    before.disabled = page.column === 0;
    behind.disabled = page.column + table.columns.length >= width;
    rowField.max = String(total);
    goTo.hidden = total <= ROWS;
    // A button that can't be pressed any more gives its focus to what it has moved.
    if (document.activeElement instanceof HTMLButtonElement && document.activeElement.disabled) cells.focus();
  }

  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  cells.focus();
  void show({});
}

function drawCells(
  { columns, index, rows, firstColumn, sort }: NonNullable<Answer<"variable">["table"]>,
  title: string,
  sortBy: (column: number) => void,
): HTMLTableElement {
  const heads = columns.map(({ name, dtype }, i) => {
    const column = firstColumn + i;
    const order = sort?.column !== column ? "none" : sort.descending ? "descending" : "ascending";
    const button = element(
      "button",
      { type: "button", title: "Sort by it", "data-column": String(column), click: () => sortBy(column) },
      name,
      element("span", { class: "hint" }, dtype ?? ""),
    );
    return element("th", { scope: "col", "aria-sort": order }, button);
  });
  const lines = rows.map((row, i) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, index[i] ?? ""),
      ...row.map((cell, column) => drawCell(cell, isNumeric(columns[column]?.dtype ?? null))),
    ),
  );
  return element(
    "table",
    { "aria-label": title },
    element("thead", {}, element("tr", {}, element("td", {}), ...heads)),
    element("tbody", {}, ...lines),
  );
}

function drawCell(cell: string | null, isNumber: boolean): HTMLElement {
  if (cell === null) return element("td", { class: "nothing" }, "none");
  return element("td", isNumber ? { class: "number", title: cell } : { title: cell }, cell);
}

/** By the names that pandas, NumPy, R and Julia have for types. */
const isNumeric = (dtype: string | null) => /^(u?int|float|complex|decimal|double|numeric|integer)/i.test(dtype ?? "");
