/** A table of facts whose rows are named by their first cell. */
import { element } from "../element.ts";

export interface Table {
  /** For who does not see what stands around it. */
  readonly label: string;
  readonly columns: readonly { readonly title: string; readonly isNumber?: true }[];
  readonly rows: readonly (readonly (string | HTMLElement)[])[];
  readonly foot?: readonly string[];
}

export function table({ label, columns, rows, foot }: Table): HTMLTableElement {
  const attributes = (i: number) => (columns[i]?.isNumber ? { class: "number" } : {});
  const row = (cells: readonly (string | HTMLElement)[]) =>
    element(
      "tr",
      {},
      ...cells.map((cell, i) => (i === 0 ? element("th", { scope: "row" }, cell) : element("td", attributes(i), cell))),
    );
  const heads = columns.map(({ title }, i) => element("th", { scope: "col", ...attributes(i) }, title));
  return element(
    "table",
    { "aria-label": label },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows.map(row)),
    ...(foot ? [element("tfoot", {}, row(foot))] : []),
  );
}
