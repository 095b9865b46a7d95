/** What may come next while somebody types: several sources, one list. Loaded when the document is open. */
import { acceptCompletion, autocompletion, type CompletionSource } from "@codemirror/autocomplete";
import { type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

/** @param sources all are asked; each says itself where it has something to offer */
export function completion(sources: readonly CompletionSource[]): Extension {
  return [
    autocompletion({ override: [...sources], icons: false }),
    // While the list is open, Tab takes from it; else it indents.
    Prec.highest(keymap.of([{ key: "Tab", run: acceptCompletion }])),
    LOOK,
  ];
}

/** Here, and not in a style sheet, which the app's first load would have to bring. */
const LOOK = EditorView.theme({
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "8px",
    background: "var(--raised)",
    color: "var(--text)",
    boxShadow: "0 8px 24px rgb(0 0 0 / 0.18)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete": {
    "& > ul": {
      maxWidth: "min(34rem, calc(100vw - 2rem))",
      maxHeight: "16rem",
      padding: "0.25rem",
      font: "0.9rem / 1.5 system-ui, sans-serif",
    },
    "& > ul > li": {
      display: "flex",
      gap: "1rem",
      justifyContent: "space-between",
      padding: "0.2rem 0.6rem",
      borderRadius: "5px",
      lineHeight: "1.5",
    },
    "& > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--text-strong)" },
    "& > ul > completion-section": {
      padding: "0.4rem 0.6rem 0.1rem",
      borderColor: "var(--line)",
      color: "var(--text-soft)",
      fontSize: "0.8rem",
      opacity: "1",
    },
    "& .cm-completionDetail": {
      margin: "0",
      overflow: "hidden",
      color: "var(--text-soft)",
      fontStyle: "normal",
      textOverflow: "ellipsis",
    },
    "& .cm-completionMatchedText": { color: "var(--accent)", textDecoration: "none" },
  },
});
