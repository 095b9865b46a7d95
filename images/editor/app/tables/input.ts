/** What tables get from the document's editor: a module that both import would be a file of its own in the first load. */
import { type EditorState, Facet } from "@codemirror/state";
import type { KeyBinding } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import type { cursorOf } from "../cursor.ts";
import type { menu } from "../menu.ts";

export interface TablesInput {
  readonly text: Y.Text;
  readonly awareness: Awareness;
  /** Those that move and delete in any text. */
  readonly keys: readonly KeyBinding[];
  readonly cursorOf: typeof cursorOf;
  readonly menu: typeof menu;
}

export const input = Facet.define<TablesInput, TablesInput | null>({ combine: (values) => values[0] ?? null });

export function inputOf(state: EditorState): TablesInput {
  const given = state.facet(input);
  if (!given) throw new Error("tables are not shown without what they need");
  return given;
}
