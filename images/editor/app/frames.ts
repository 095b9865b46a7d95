/** Shows, behind their cells: interactive outputs and rich tables, and the pages that `html`, `css` and `js` cells make. */
import { type EditorState, type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { findPageGroups, type PageGroup, pageOf } from "../../../shared/document/page-cells.ts";
import { resolveRelative } from "../../../shared/fsml/path.ts";
import { request } from "./api.ts";
import { cellsOf } from "./cells-of.ts";
import { element } from "./element.ts";
import { heightOf, sandboxedFrame } from "./frame.ts";

const FRAMED_LINE = /^[ \t>]*\[(interactive output|table)\]\(([^()\s]+\.html)\)[ \t]*$/;

/** Somebody asked for the scripts of this page, as it stands. */
const runScripts = StateEffect.define<string>();
/** Nobody has typed for a moment: a frame does not load anew with every letter. */
const settled = StateEffect.define<null>();
const SETTLE_MS = 300;

type Act = (view: EditorView) => void;

class Frame extends WidgetType {
  readonly #key: string;
  readonly #title: string;
  readonly #html: () => Promise<string>;
  /** Runs its scripts; null if it has none, or they run. */
  readonly #run: Act | null;

  constructor(key: string, title: string, html: () => Promise<string>, run: Act | null = null) {
    super();
    this.#key = key;
    this.#title = title;
    this.#html = html;
    this.#run = run;
  }

  override eq(other: Frame): boolean {
    return other.#key === this.#key;
  }

  override get estimatedHeight(): number {
    return heightOf(this.#key);
  }

  override toDOM(view: EditorView): HTMLElement {
    const run = this.#run;
    const frame = sandboxedFrame(this.#key, this.#title, this.#html, () => view.requestMeasure());
    if (!run) return element("div", { class: "frame-holder" }, frame);
    const button = element("button", { type: "button", class: "cell-run", click: () => run(view) }, "Run script");
    return element("div", { class: "frame-holder" }, frame, button);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** @param urlOf where the project's file is found */
export function frames(path: string, urlOf: (path: string) => string): Extension {
  const fetchText = async (target: string) => (await request(urlOf(target))).text();

  const pageFrame = (group: PageGroup, state: EditorState, allowed: ReadonlySet<string>): Frame => {
    const cells = cellsOf(state.doc);
    const scripted = pageOf(group, cells, true);
    const isRun = allowed.has(scripted);
    const html = group.isScripted && !isRun ? pageOf(group, cells, false) : scripted;
    const run = (view: EditorView) => view.dispatch({ effects: runScripts.of(scripted) });
    return new Frame(
      html,
      "Page of the cells above",
      () => Promise.resolve(html),
      group.isScripted && !isRun ? run : null,
    );
  };

  const decorate = (state: EditorState, allowed: ReadonlySet<string>): DecorationSet => {
    const found: Range<Decoration>[] = [];
    const place = (widget: Frame, at: number) =>
      found.push(Decoration.widget({ widget, block: true, side: 1 }).range(state.doc.lineAt(at).to));
    for (const { owned } of cellsOf(state.doc)) {
      for (let at = owned.from; at < owned.to; ) {
        const line = state.doc.lineAt(at);
        const match = FRAMED_LINE.exec(line.text);
        const target = match?.[2] ? resolveRelative(path, match[2]) : null;
        if (target !== null) place(new Frame(target, match?.[1] ?? "", () => fetchText(target)), line.from);
        at = line.to + 1;
      }
    }
    for (const group of findPageGroups(state.doc.toString(), cellsOf(state.doc))) {
      const last = group.cells.at(-1);
      if (last) place(pageFrame(group, state, allowed), last.fence.to);
    }
    return Decoration.set(found, true);
  };

  const allowedScripts = StateField.define<ReadonlySet<string>>({
    create: () => new Set(),
    update(value, transaction) {
      const asked = transaction.effects.flatMap((effect) => (effect.is(runScripts) ? [effect.value] : []));
      return asked.length > 0 ? new Set([...value, ...asked]) : value;
    },
  });
  const shown = StateField.define<DecorationSet>({
    create: (state) => decorate(state, state.field(allowedScripts)),
    update(value, transaction) {
      const isDue = transaction.effects.some((effect) => effect.is(runScripts) || effect.is(settled));
      if (!isDue) return transaction.docChanged ? value.map(transaction.changes) : value;
      return decorate(transaction.state, transaction.state.field(allowedScripts));
    },
    provide: (field) => EditorView.decorations.from(field),
  });
  let settling = 0;
  const settle = EditorView.updateListener.of(({ docChanged, view }) => {
    if (!docChanged) return;
    clearTimeout(settling);
    settling = window.setTimeout(() => {
      if (view.dom.isConnected) view.dispatch({ effects: settled.of(null) });
    }, SETTLE_MS);
  });
  return [allowedScripts, shown, settle];
}
