/** Sets cells and their outputs apart from the prose around them. */
import { type Extension, type Range, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import { cellsOf } from "./cells-of.ts";

const CELL = Decoration.line({ class: "cell-line" });
const OUTPUT = Decoration.line({ class: "output-line" });

export const cellShading: Extension = StateField.define<DecorationSet>({
  create: (state) => shade(state.doc),
  update: (value, transaction) => (transaction.docChanged ? shade(transaction.newDoc) : value),
  provide: (field) => EditorView.decorations.from(field),
});

function shade(text: Text): DecorationSet {
  const lines: Range<Decoration>[] = [];
  for (const { fence, owned } of cellsOf(text)) {
    for (const line of linesBetween(text, fence.from, fence.to)) lines.push(CELL.range(line.from));
    let isBehindGap = false;
    for (const line of linesBetween(text, owned.from + 1, owned.to)) {
      // The blank lines before an output are part of neither.
      isBehindGap ||= line.text.trim() !== "";
      if (isBehindGap) lines.push(OUTPUT.range(line.from));
    }
  }
  return Decoration.set(lines, true);
}

function linesBetween(text: Text, from: number, to: number) {
  if (from > to) return [];
  const [first, last] = [text.lineAt(from).number, text.lineAt(to).number];
  return Array.from({ length: last - first + 1 }, (_, i) => text.line(first + i));
}
