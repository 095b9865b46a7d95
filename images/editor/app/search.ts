/** Find and replace in the open document, and where else the selected words stand. Loaded when the document is open. */
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

/** As the rest of the app writes them. */
const WORDS = {
  next: "Next",
  previous: "Previous",
  all: "Select all",
  "match case": "Match case",
  regexp: "Regular expression",
  "by word": "Whole words",
  replace: "Replace",
  "replace all": "Replace all",
};

const field = {
  boxSizing: "border-box",
  width: "14rem",
  maxWidth: "100%",
  padding: "0.25rem 0.5rem",
  border: "1px solid var(--line-strong)",
  borderRadius: "5px",
  background: "var(--background)",
  color: "inherit",
  fontFamily: "inherit",
};
const button = {
  padding: "0.2rem 0.6rem",
  border: "1px solid var(--line-strong)",
  borderRadius: "6px",
  background: "var(--raised)",
  color: "inherit",
};

/** CodeMirror's own colours are for light pages. Here, and not in a style sheet, which the app's first load would have to bring. */
const LOOK = EditorView.theme({
  ".cm-panels.cm-panels-top": {
    borderColor: "var(--line)",
    background: "var(--surface)",
    color: "var(--text)",
  },
  ".cm-panel.cm-search": {
    padding: "0.5rem 2.6rem 0.2rem 1rem",
    font: "0.85rem / 1.5 system-ui, sans-serif",
    "& input, & button, & label": { margin: "0 0.4rem 0.3rem 0", fontSize: "inherit" },
    "& .cm-textfield": field,
    "& .cm-button": button,
    "& label": { display: "inline-flex", gap: "0.3rem", alignItems: "center" },
    "& label input": { margin: "0" },
    "& [name=close]": { inset: "0.5rem 0.8rem auto auto", margin: "0", padding: "0 0.5rem" },
  },
  ".cm-searchMatch": {
    borderRadius: "2px",
    background: "color-mix(in srgb, var(--warning) 28%, transparent)",
  },
  ".cm-searchMatch.cm-searchMatch-selected": {
    background: "color-mix(in srgb, var(--warning) 55%, transparent)",
  },
  ".cm-selectionMatch": { background: "color-mix(in srgb, var(--tip) 22%, transparent)" },
});

export const searching: Extension = [
  LOOK,
  search({ top: true }),
  EditorState.phrases.of(WORDS),
  keymap.of(searchKeymap),
  highlightSelectionMatches(),
];

export { openSearchPanel as openSearch } from "@codemirror/search";
