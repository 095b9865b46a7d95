/** From a match to its place in the document, which may have changed since it was found, or may not be there yet. */
import type { Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Match } from "../../../../shared/editor/search.ts";
import type { OpenDocument } from "../open-document.ts";

/** CSS pixels above it: on a phone, the search covers the lower part of the document. */
const MARGIN = 90;
/** UTF-16 units around its place in which the same words are looked for. */
const AROUND = 5_000;

export function goTo({ editor, text }: OpenDocument, match: Match): void {
  const once = () => {
    text.unobserve(once);
    // The editor hears of the text in the same moment.
    setTimeout(() => select(editor, match));
  };
  // The text of a document that has just been opened comes in one step.
  if (text.length === 0) text.observe(once);
  else select(editor, match);
}

function select(editor: EditorView, match: Match): void {
  const { from, to } = placeOf(editor.state.doc, match);
  editor.dispatch({
    selection: { anchor: from, head: to },
    effects: EditorView.scrollIntoView(from, { y: "start", yMargin: MARGIN }),
    userEvent: "select.search",
  });
  editor.focus();
}

/** Where it was found, else where its words stand nearest, else its line. */
export function placeOf(
  doc: Text,
  { from, to, line, text }: Pick<Match, "from" | "to" | "line" | "text">,
): { from: number; to: number } {
  const isThere = (at: number) => doc.sliceString(at, at + to - from).startsWith(text.replace(/…$/, ""));
  if (to <= doc.length && isThere(from)) return { from, to };
  const start = Math.max(0, from - AROUND);
  const nearby = doc.sliceString(start, to + AROUND);
  let nearest: number | null = null;
  for (let at = nearby.indexOf(text); at !== -1; at = nearby.indexOf(text, at + 1))
    if (nearest === null || Math.abs(start + at - from) < Math.abs(nearest - from)) nearest = start + at;
  if (nearest !== null) return { from: nearest, to: nearest + text.length };
  const place = doc.line(Math.min(line, doc.lines)).from;
  return { from: place, to: place };
}
