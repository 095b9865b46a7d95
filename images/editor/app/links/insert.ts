/** Puts what was chosen into a link that is being written, or changed. */
import { type Completion, pickedCompletion } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";

/** What stands between the cursor and the end of a link that is being changed. */
const REST = { "]]": /^([^[\]|#\n]*)(?=\]\]|[#|][^[\]\n]*\]\])/, ")": /^([^()\s]*)(?=\))/ };

/** Closes what is written, unless it is closed. */
/**
 * Closes the link, unless it is closed.
 * @param text in place of what stands from `from` to the cursor at `to`, and of what is left of the old one behind it
 */
export function insertInLink(
  view: EditorView,
  completion: Completion,
  { from, to }: { readonly from: number; readonly to: number },
  text: string,
  close: keyof typeof REST,
): void {
  const { state } = view;
  const behind = state.sliceDoc(to, state.doc.lineAt(to).to);
  const rest = REST[close].exec(behind);
  const end = to + (rest?.[1]?.length ?? 0);
  const isClosed = state.sliceDoc(end, end + close.length) === close;
  const insert = rest ? text : text + close;
  view.dispatch({
    changes: { from, to: end, insert },
    selection: { anchor: from + insert.length + (rest && isClosed ? close.length : 0) },
    annotations: pickedCompletion.of(completion),
    userEvent: "input.complete",
    scrollIntoView: true,
  });
}
