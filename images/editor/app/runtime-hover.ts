/** What a name in a cell stands for, of the session that runs it: in a few lines under the pointer, and at length for who asks (Ctrl-I). */
import { type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from "@codemirror/view";
import type { Answer } from "../../../shared/mrp/introspection.ts";
import { element } from "./element.ts";
import { ask, placeIn, type Runtime } from "./runtime-question.ts";

const HOVER_MS = 400;
/** Lines of documentation that are shown to who only points. */
const FIRST_LINES = 4;
const LETTER = /[\p{L}\p{N}_]/u;

export function runtimeHover(runtime: Runtime): Extension {
  const source = async (view: EditorView, pos: number): Promise<Tooltip | null> => {
    const place = placeIn(view.state, pos, runtime);
    const word = view.state.wordAt(pos);
    if (!place || !word || !LETTER.test(view.state.sliceDoc(word.from, word.from + 1))) return null;
    const atEnd = { ...place, cursor: word.to - place.from };
    const [hover, inspected] = await Promise.all([
      ask(runtime, "hover", place),
      ask(runtime, "inspect", atEnd, { detail: 1 }),
    ]);
    if (!hover?.found) return null;
    const docstring = inspected?.found && inspected.name === hover.name ? inspected.docstring : null;
    const first = docstring?.trim().split("\n").slice(0, FIRST_LINES).join("\n") ?? null;
    return tooltip(word.from, word.to, { ...hover, docstring: first });
  };
  return [hoverTooltip(source, { hoverTime: HOVER_MS, hideOnChange: true }), inspection(runtime)];
}

const setShown = StateEffect.define<Tooltip | null>();

/** What somebody has asked for, until they go on. */
const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, { effects, docChanged, selection }) {
    for (const effect of effects) if (effect.is(setShown)) return effect.value;
    return docChanged || selection ? null : value;
  },
  provide: (field) => showTooltip.from(field),
});

function inspection(runtime: Runtime): Extension {
  function inspect(view: EditorView): boolean {
    const { state } = view;
    const { head } = state.selection.main;
    const place = placeIn(state, head, runtime);
    if (!place) return false;
    void ask(runtime, "inspect", place, { detail: 1 }).then((answer) => {
      // Whoever has gone on asks no more.
      if (view.state.selection.main.head !== head || view.state.doc !== state.doc) return;
      const what = answer?.found ? answer : NOTHING;
      view.dispatch({ effects: setShown.of(tooltip(head, head, what)) });
    });
    return true;
  }
  function close(view: EditorView): boolean {
    if (view.state.field(shown) === null) return false;
    view.dispatch({ effects: setShown.of(null) });
    return true;
  }
  return [
    shown,
    Prec.highest(
      keymap.of([
        { key: "Mod-i", run: inspect },
        { key: "Escape", run: close },
      ]),
    ),
  ];
}

type What = Pick<Answer<"inspect">, "name" | "type" | "value" | "signature" | "docstring">;

const NOTHING: What = {
  name: null,
  type: null,
  value: null,
  signature: null,
  docstring: "The runtime knows nothing of this: run the cells that define it first.",
};

/** As text: it comes from where strangers' code runs. */
function tooltip(pos: number, end: number, { name, type, value, signature, docstring }: What): Tooltip {
  const head = signature ?? [name, type].filter(Boolean).join(": ");
  const isValue = value !== null && value !== "" && signature === null;
  return {
    pos,
    end,
    above: true,
    create: () => ({
      dom: element(
        "div",
        { class: "runtime-tip", role: "status" },
        ...(head === "" ? [] : [element("code", {}, head)]),
        ...(isValue ? [element("code", {}, value)] : []),
        ...(docstring ? [element("pre", { tabindex: "0" }, docstring)] : []),
      ),
    }),
  };
}
