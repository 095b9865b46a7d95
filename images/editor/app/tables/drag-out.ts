/** Dragging from a cell's editor out of its table selects in the document, from where it began. */
import type { EditorView } from "@codemirror/view";

/** @param anchor where it began, in the document */
export function followDrag(table: HTMLElement, document: EditorView, anchor: number): void {
  let isOut = false;
  const move = ({ buttons, target, clientX: x, clientY: y }: MouseEvent) => {
    if (buttons === 0) return end();
    isOut ||= !(target instanceof Node && table.contains(target));
    if (isOut) document.dispatch({ selection: { anchor, head: document.posAtCoords({ x, y }, false) } });
  };
  const end = () => {
    removeEventListener("mousemove", move);
    removeEventListener("mouseup", end);
  };
  addEventListener("mousemove", move);
  addEventListener("mouseup", end);
}
