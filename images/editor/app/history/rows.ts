/** Draws what two versions differ in. */
import { element } from "../element.ts";
import type { Part, Row } from "./compare.ts";

/** More would take the browser long to lay out, and nobody reads it. */
const MAX_ROWS = 5_000;

const SIGNS = { same: " ", removed: "−", added: "+" } as const;

export function drawRows(rows: readonly Row[]): HTMLElement {
  if (rows.length === 0) return element("p", { class: "hint" }, "Nothing is different.");
  const left = rows.length - MAX_ROWS;
  return element(
    "div",
    { class: "rows" },
    ...rows.slice(0, MAX_ROWS).map(draw),
    ...(left > 0 ? [element("p", { class: "hint" }, `… and ${left} lines more`)] : []),
  );
}

function draw(row: Row): HTMLElement {
  if (row.kind === "skipped") return element("div", { class: "row skipped" }, `⋯ ${row.lines} lines`);
  const tag = { same: "span", removed: "del", added: "ins" } as const;
  return element(
    "div",
    { class: `row ${row.kind}` },
    element("span", { class: "sign" }, SIGNS[row.kind]),
    element(tag[row.kind], {}, ...row.parts.map(drawPart)),
  );
}

function drawPart({ text, isChanged }: Part): Node | string {
  return isChanged ? element("mark", {}, text) : text;
}
