/** What the blocks ask of the part that shows tables as grids (tables/), which is loaded behind the document. */
import { type EditorState, Facet, type Range } from "@codemirror/state";
import type { EditorView, WidgetType } from "@codemirror/view";
import type { Placed } from "./placed.ts";

export interface Grids {
  /** Whether a block that is being edited is shown as a grid. @param isHere whether an end of the selection is in it */
  shows(block: Range<Placed>, isHere: boolean, state: EditorState): boolean;
  /** @param height CSS pixels that it will take */
  widget(height: number): WidgetType;
  /** The offset in the document of what somebody points at in a table; null if that is none of its cells. */
  placeIn(view: EditorView, table: Element, event: MouseEvent, from: number, source: string): number | null;
}

/** Null while it is not loaded, and for who may only read. */
export const grids = Facet.define<Grids, Grids | null>({ combine: (values) => values[0] ?? null });
