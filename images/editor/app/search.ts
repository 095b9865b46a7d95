/** Find and replace in the open document, and where else the selected words stand. Loaded when the document is open. */
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export const searching: Extension = [keymap.of(searchKeymap), highlightSelectionMatches()];
