/** The arrow keys go from block to block by lines of the source: into a block at its first or last line, as if it were open. */
import { EditorSelection, type Extension, Prec } from "@codemirror/state";
import { type Command, type EditorView, keymap } from "@codemirror/view";
import { layer, showsSource } from "./layer.ts";
import { touching } from "./placed.ts";

export const blockKeys: Extension = Prec.high(
  keymap.of([
    { key: "ArrowDown", run: step(1, false), shift: step(1, true) },
    { key: "ArrowUp", run: step(-1, false), shift: step(-1, true) },
  ]),
);

function step(direction: 1 | -1, isExtending: boolean): Command {
  return (view) => {
    const { doc, selection } = view.state;
    const { anchor, head, empty } = selection.main;
    if (selection.ranges.length > 1 || (!empty && !isExtending)) return false;
    const line = doc.lineAt(head);
    const number = line.number + direction;
    if (number < 1 || number > doc.lines || !isOnLastRow(view, head, direction)) return false;
    const target = doc.line(number);
    if (!isRendered(view, target.from, target.to)) return false;
    const place = Math.min(target.to, target.from + head - line.from);
    view.dispatch({
      selection: isExtending ? EditorSelection.single(anchor, place) : EditorSelection.cursor(place),
      scrollIntoView: true,
      userEvent: "select",
    });
    return true;
  };
}

/** A long line takes several rows: inside of it the arrow keys go by rows. */
function isOnLastRow(view: EditorView, head: number, direction: 1 | -1): boolean {
  const line = view.state.doc.lineAt(head);
  const here = view.coordsAtPos(head);
  const edge = view.coordsAtPos(direction > 0 ? line.to : line.from);
  return !here || !edge || Math.abs(here.top - edge.top) < (here.bottom - here.top) / 2;
}

function isRendered({ state }: EditorView, from: number, to: number): boolean {
  return touching(state.field(layer).placement, from, to).some(
    (range) =>
      range.from <= from &&
      to <= range.to &&
      ["block", "result", "gap"].includes(range.value.segment.kind) &&
      !showsSource(state, range),
  );
}
