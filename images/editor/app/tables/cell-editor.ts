/**
 * What one types a cell's markdown in: an editor of its own, small, inside the document's. So input methods, carets and other
 * people's changes in the same cell are CodeMirror's matter here, too.
 */
import { Annotation, type ChangeSet, EditorState, Prec, type SelectionRange, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  type KeyBinding,
  keymap,
  runScopeHandlers,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { inputOf } from "./input.ts";
import type { Step } from "./step.ts";

/** The grid around a cell. */
export interface CellHost {
  /** The document that the table is in. */
  readonly document: EditorView;
  /** Somebody has typed: the changes of the cell's text, and what that is now. */
  write(changes: ChangeSet, text: string, selection: SelectionRange): void;
  select(selection: SelectionRange): void;
  /** Goes elsewhere, in or out of the table. */
  go(step: Step): void;
}

/** What came from the document is not told to it. */
const fromDocument = Annotation.define<boolean>();

export class CellEditor {
  readonly view: EditorView;

  /** @param name what those are told who don't see it */
  constructor(host: CellHost, text: string, name: string) {
    this.view = new EditorView({
      state: EditorState.create({
        doc: text,
        extensions: [
          Prec.high(keymap.of(keysOf(host))),
          keymap.of(inputOf(host.document.state).keys),
          drawSelection(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": name, "aria-multiline": "false", spellcheck: "true" }),
          escaping,
          pipes,
          EditorView.domEventHandlers({ beforeinput: (event) => isOfHistory(event, host.document) }),
          EditorView.updateListener.of((update) => tell(update, host)),
        ],
      }),
    });
  }

  /** What the document has by now; the selection is one in the text. */
  show(text: string, anchor: number, head: number): void {
    const { doc, selection } = this.view.state;
    const change = changeTo(text, doc.toString());
    if (!change && selection.main.anchor === anchor && selection.main.head === head) return;
    this.view.dispatch({
      changes: change ?? [],
      selection: { anchor, head },
      annotations: fromDocument.of(true),
      filter: false,
    });
  }
}

function tell({ transactions, docChanged, selectionSet, changes, state }: ViewUpdate, host: CellHost): void {
  if (transactions.some((transaction) => transaction.annotation(fromDocument))) return;
  if (docChanged) host.write(changes, state.doc.toString(), state.selection.main);
  else if (selectionSet) host.select(state.selection.main);
}

/** The one stretch that differs. */
function changeTo(text: string, before: string): { from: number; to: number; insert: string } | null {
  if (text === before) return null;
  const most = Math.min(text.length, before.length);
  let start = 0;
  while (start < most && text[start] === before[start]) start++;
  let end = 0;
  while (end < most - start && text.at(-1 - end) === before.at(-1 - end)) end++;
  return { from: start, to: before.length - end, insert: text.slice(start, text.length - end) };
}

/** A pipe would end the cell, a new line the row. */
const escaping = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged) return transaction;
  const changes = [...transaction.newDoc.toString().matchAll(/\n|(?<!\\)\|/g)].map(({ 0: found, index }) =>
    found === "\n" ? { from: index, to: index + 1, insert: "<br>" } : { from: index, insert: "\\" },
  );
  return changes.length === 0 ? transaction : [transaction, { changes, sequential: true }];
});

class Pipe extends WidgetType {
  override eq(): boolean {
    return true;
  }

  override toDOM(): HTMLElement {
    const pipe = document.createElement("span");
    pipe.textContent = "|";
    return pipe;
  }
}

const pipe = Decoration.replace({ widget: new Pipe() });

/** A pipe with its backslash is one sign to who types, as it is to who reads. */
const pipes = StateField.define<DecorationSet>({
  create: pipesIn,
  update: (before, { docChanged, state }) => (docChanged ? pipesIn(state) : before),
  provide: (field) => [
    EditorView.decorations.from(field),
    EditorView.atomicRanges.of(({ state }) => state.field(field)),
  ],
});

function pipesIn({ doc }: EditorState): DecorationSet {
  const found = doc.toString().matchAll(/\\\|/g);
  return Decoration.set([...found].map(({ index }) => pipe.range(index, index + 2)));
}

function keysOf(host: CellHost): KeyBinding[] {
  const go = (step: Step) => () => {
    host.go(step);
    return true;
  };
  const atEdge = (to: Step, isThere: (view: EditorView) => boolean) => (view: EditorView) =>
    view.state.selection.main.empty && isThere(view) && go(to)();
  return [
    { key: "Tab", run: go("onward"), shift: go("back") },
    { key: "Enter", run: go("down"), shift: breakLine },
    { key: "Escape", run: go("out") },
    { key: "Alt-F10", run: go("tools") },
    { key: "ArrowUp", run: atEdge("above", (view) => isOnRow(view, 0)) },
    { key: "ArrowDown", run: atEdge("below", (view) => isOnRow(view, view.state.doc.length)) },
    { key: "ArrowLeft", run: atEdge("before", ({ state }) => state.selection.main.head === 0) },
    { key: "ArrowRight", run: atEdge("behind", ({ state }) => state.selection.main.head === state.doc.length) },
    { any: (_view, event) => isOfDocument(event) && runScopeHandlers(host.document, event, "editor") },
  ];
}

function breakLine(view: EditorView): boolean {
  view.dispatch(view.state.replaceSelection("<br>"), { userEvent: "input", scrollIntoView: true });
  return true;
}

/** Whether the caret is on the row of the text (which may take several) that holds the offset. */
function isOnRow(view: EditorView, offset: number): boolean {
  const caret = view.coordsAtPos(view.state.selection.main.head);
  const edge = view.coordsAtPos(offset);
  return !caret || !edge || Math.abs(caret.top - edge.top) < (caret.bottom - caret.top) / 2;
}

/** Taking back, searching, commenting. */
function isOfDocument({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (key === "F3") return true;
  return (ctrlKey || metaKey) && (altKey ? "m" : "zyfg").includes(key.toLowerCase());
}

/** A browser's own menu takes back what it knows of; what was done is in the document's history. */
function isOfHistory(event: InputEvent, document: EditorView): boolean {
  const key = { historyUndo: "z", historyRedo: "y" }[event.inputType];
  if (key === undefined) return false;
  event.preventDefault();
  return runScopeHandlers(document, new KeyboardEvent("keydown", { key, ctrlKey: true }), "editor");
}
