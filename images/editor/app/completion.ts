/** What may come next while somebody types: several sources, one list. Loaded when the document is open. */
import { acceptCompletion, autocompletion, type CompletionSource } from "@codemirror/autocomplete";
import { type Extension, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";

/** @param sources all are asked; each says itself where it has something to offer */
export function completion(sources: readonly CompletionSource[]): Extension {
  return [
    autocompletion({ override: [...sources], icons: false }),
    // While the list is open, Tab takes from it; else it indents.
    Prec.highest(keymap.of([{ key: "Tab", run: acceptCompletion }])),
  ];
}
