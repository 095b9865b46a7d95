/** What the page has in a table's cells: found by their markdown, so that it goes with a cell that moves. */
import type { Placed } from "../blocks/placed.ts";
import { type Table, textAt } from "./source.ts";

export class RenderedCells {
  #html: ReadonlyMap<string, string> = new Map();
  #known: Placed | null = null;

  /** Learns from a table that has been rendered since it was typed in. */
  take(placed: Placed, table: Table): void {
    if (placed.isEdited || placed === this.#known) return;
    this.#known = placed;
    const template = document.createElement("template");
    // The renderer's own, which is safe on this origin (see BlockWidget).
    template.innerHTML = placed.segment.html;
    const html = new Map<string, string>();
    for (const [row, { cells }] of [...(template.content.querySelector("table")?.rows ?? [])].entries())
      if (row <= table.body.length)
        for (const [column, cell] of [...cells].entries()) html.set(textAt(table, { row, column }), cell.innerHTML);
    this.#html = html;
  }

  /** Null while it is not rendered. */
  htmlOf(text: string): string | null {
    return this.#html.get(text) ?? null;
  }
}
