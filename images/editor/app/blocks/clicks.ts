/** A click into a block puts the cursor into its source, where the click was; dragging goes on from there. */
import { EditorSelection, type Extension } from "@codemirror/state";
import { EditorView, type MouseSelectionStyle } from "@codemirror/view";
import { grids } from "./grids.ts";
import { layer } from "./layer.ts";
import { placeOf } from "./place-of.ts";
import { touching } from "./placed.ts";

/** CSS pixels that a hand moves in a click. */
const STEADY = 5;

export const clicks: Extension = [
  EditorView.mouseSelectionStyle.of((view, event) => {
    const from = event.button === 0 ? placeAt(view, event) : null;
    return from === null ? null : selectionFrom(view, event, from);
  }),
  EditorView.domEventHandlers({
    mousedown: (event) => isOfBrowser(event) || (isOnLink(event) && (event.ctrlKey || event.metaKey)),
    click(event, view) {
      if (isOnLink(event) && !event.ctrlKey && !event.metaKey) event.preventDefault();
      // A tap comes without what a mouse tells first.
      const place = isOfBrowser(event) ? null : placeAt(view, event);
      if (place === null || view.state.readOnly) return false;
      view.focus();
      view.dispatch({ selection: { anchor: place }, userEvent: "select.pointer" });
      return true;
    },
  }),
];

function selectionFrom(view: EditorView, { clientX, clientY }: MouseEvent, from: number): MouseSelectionStyle {
  let anchor = from;
  const before = view.state.selection;
  return {
    get(event, isExtending) {
      const isSteady = Math.hypot(event.clientX - clientX, event.clientY - clientY) < STEADY;
      // The block is about to give way to its source: what is under the pointer then is something else.
      const head = isSteady ? anchor : (placeAt(view, event) ?? view.posAtCoords(event, false));
      return EditorSelection.single(isExtending ? before.main.anchor : anchor, head);
    },
    update({ changes, docChanged }) {
      if (docChanged) anchor = changes.mapPos(anchor);
    },
  };
}

/** The place in the source for a place in a rendered block; null outside of them. */
function placeAt(view: EditorView, event: MouseEvent): number | null {
  const { target, clientX, clientY } = event;
  const block = target instanceof Element ? target.closest<HTMLElement>(".rendered") : null;
  if (!block || !view.contentDOM.contains(block)) return null;
  const at = view.posAtDOM(block);
  const { placement } = view.state.field(layer);
  const found = touching(placement, at, at).find(({ from, value }) => from === at && isReplaced(value.segment.kind));
  if (!found) return at;
  const source = view.state.sliceDoc(found.from, found.to);
  const inTable = view.state.facet(grids)?.placeIn(view, block, event, found.from, source) ?? null;
  if (inTable !== null) return inTable;
  const caret = document.caretPositionFromPoint?.(clientX, clientY);
  if (!caret || !block.contains(caret.offsetNode)) return found.from;
  return found.from + placeOf(block, caret.offsetNode, caret.offset, source);
}

const isReplaced = (kind: string) => kind === "block" || kind === "result";

/** A fold that opens, a web app's link, a bar that scrolls. */
function isOfBrowser({ target, offsetX, offsetY }: MouseEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(".rendered :is(summary, .app-link)")) return true;
  return (
    target.matches(".rendered :is(pre, .table, .formula)") &&
    (offsetX > target.clientWidth || offsetY > target.clientHeight)
  );
}

/** Followed with Ctrl or ⌘, as in other editors; else a click is for the text. */
function isOnLink({ target }: Event): boolean {
  return target instanceof Element && target.closest(".rendered a[href]:not(.app-link)") !== null;
}
