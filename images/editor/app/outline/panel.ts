/** The headings of the open document beside it: where one is, and a way to each of them. Loaded when it is first shown. */
import { type ChangeDesc, ChangeSet, Compartment, StateEffect } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import { element } from "../element.ts";
import type { OpenDocument } from "../open-document.ts";
import type { SideContent } from "../side.ts";
import { type Heading, Headings } from "./headings.ts";

/** From the last change of the text. */
const READ_AFTER_MS = 300;
/** CSS pixels above a heading that one goes to. */
const MARGIN = 24;

export function outlinePanel({ editor }: OpenDocument): SideContent {
  const list = element("nav", { "aria-label": "Headings", keydown: step });
  const empty = element(
    "p",
    { class: "hint" },
    "This document has no headings yet. A line that begins with # makes one.",
  );
  const content = element("div", {}, empty, list);

  const headings = new Headings(editor.state.doc);
  /** From the text that they were read from to the one that stands there now. */
  let since: ChangeDesc = unchanged();
  let buttons: HTMLButtonElement[] = [];
  let drawn: readonly Heading[] | null = null;
  let reading = 0;
  let marking = 0;

  function unchanged(): ChangeDesc {
    return ChangeSet.empty(editor.state.doc.length).desc;
  }

  const placeOf = ({ from }: Heading) => since.mapPos(from, 1);

  function hear({ docChanged, changes, selectionSet, geometryChanged }: ViewUpdate): void {
    if (docChanged) {
      since = since.composeDesc(changes.desc);
      clearTimeout(reading);
      reading = window.setTimeout(read, READ_AFTER_MS);
    } else if (selectionSet || geometryChanged) markLater();
  }

  function read(): void {
    headings.update(editor.state.doc, since);
    since = unchanged();
    draw();
    markLater();
  }

  function draw(): void {
    const now = headings.all;
    const isSame = drawn?.length === now.length && drawn.every(({ id, level }, i) => isCalled(now[i], id, level));
    drawn = now;
    if (isSame) return;
    const focused = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const lines = now.map((heading, i) => ({ level: heading.level, button: button(heading, i) }));
    buttons = lines.map(({ button }) => button);
    list.replaceChildren(...nested(lines));
    empty.hidden = now.length > 0;
    // Who goes through them stays where they were.
    if (focused >= 0) buttons[Math.min(focused, buttons.length - 1)]?.focus();
  }

  function button({ text }: Heading, at: number): HTMLButtonElement {
    return element("button", { type: "button", tabindex: "-1", click: () => go(at) }, text || "Untitled");
  }

  function go(at: number): void {
    const heading = headings.all[at];
    if (!heading) return;
    const place = placeOf(heading);
    editor.dispatch({
      selection: { anchor: place },
      effects: EditorView.scrollIntoView(place, { y: "start", yMargin: MARGIN }),
      userEvent: "select",
    });
    editor.focus();
  }

  /** What moved may not have been measured yet. */
  function markLater(): void {
    if (marking === 0) marking = requestAnimationFrame(mark);
  }

  function mark(): void {
    marking = 0;
    const at = Math.max(
      0,
      headings.all.findLastIndex((heading) => placeOf(heading) <= placeHere(editor)),
    );
    const before = buttons.findIndex((each) => each.hasAttribute("aria-current"));
    if (before === at && buttons[at]?.tabIndex === 0) return;
    for (const each of buttons) {
      each.removeAttribute("aria-current");
      each.tabIndex = -1;
    }
    const current = buttons[at];
    if (!current) return;
    current.setAttribute("aria-current", "location");
    current.tabIndex = 0;
    if (!list.contains(document.activeElement)) current.scrollIntoView({ block: "nearest" });
  }

  function step(event: Event): void {
    if (!(event instanceof KeyboardEvent)) return;
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
  }

  const listening = new Compartment();
  editor.dispatch({
    effects: StateEffect.appendConfig.of(listening.of(EditorView.updateListener.of(hear))),
  });
  editor.scrollDOM.addEventListener("scroll", markLater, { passive: true });
  draw();
  mark();
  return {
    content,
    end() {
      clearTimeout(reading);
      cancelAnimationFrame(marking);
      editor.scrollDOM.removeEventListener("scroll", markLater);
      editor.dispatch({ effects: listening.reconfigure([]) });
    },
  };
}

const isCalled = (heading: Heading | undefined, id: string, level: number) =>
  heading?.id === id && heading.level === level;

/** Offset of what a person looks at: the cursor while it is seen, else the text at the top. */
function placeHere(editor: EditorView): number {
  const { head } = editor.state.selection.main;
  const { top, bottom } = editor.scrollDOM.getBoundingClientRect();
  const line = editor.lineBlockAt(head);
  const [above, below] = [line.top + editor.documentTop, line.bottom + editor.documentTop];
  if (editor.hasFocus && below > top && above < bottom) return head;
  // The last ones can't come up to the top.
  const { scrollTop, clientHeight, scrollHeight } = editor.scrollDOM;
  if (scrollTop + clientHeight > scrollHeight - MARGIN) return editor.state.doc.length;
  return editor.lineBlockAtHeight(top + 2 * MARGIN - editor.documentTop).to;
}

interface Line {
  readonly level: number;
  readonly button: HTMLButtonElement;
}

/** Lists in lists. A level that is left out makes none. */
function nested(lines: readonly Line[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const top = element("ul");
  /** The lists that are open, outermost first, each with the level of its lines. */
  const open: { level: number; list: HTMLElement }[] = [];
  for (const { level, button } of lines) {
    while (open.length > 1 && (open.at(-1)?.level ?? 0) > level) open.pop();
    const inner = open.at(-1);
    const item = element("li", {}, button);
    if (!inner) {
      open.push({ level, list: top });
      top.append(item);
    } else if (inner.level < level) {
      const list = element("ul", {}, item);
      inner.list.lastElementChild?.append(list);
      open.push({ level, list });
    } else inner.list.append(item);
  }
  return [top];
}
