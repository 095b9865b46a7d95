/** How the lines look that show source: cells as boxes, headings in their size, tables in columns. */
import { type EditorState, type Extension, type Range, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { layer, showsSource } from "./layer.ts";
import { type Placed, touching } from "./placed.ts";

class SourceLines {
  decorations: DecorationSet;

  constructor(view: EditorView) {
    this.decorations = decorate(view);
  }

  update(update: ViewUpdate): void {
    const isChanged = update.startState.field(layer) !== update.state.field(layer);
    if (update.docChanged || update.viewportChanged || isChanged) this.decorations = decorate(update.view);
  }
}

export const sourceLines: Extension = ViewPlugin.fromClass(SourceLines, {
  decorations: ({ decorations }) => decorations,
});

function decorate({ state, visibleRanges }: EditorView): DecorationSet {
  const lines = new RangeSetBuilder<Decoration>();
  const known = state.field(layer);
  let done = -1;
  for (const { from, to } of visibleRanges) {
    for (const range of touching(known.placement, from, to)) {
      const classes = classesOf(range, state);
      if (!classes || !showsSource(state, range)) continue;
      for (let at = Math.max(range.from, from, done + 1); at <= Math.min(range.to, to); ) {
        const line = state.doc.lineAt(at);
        lines.add(line.from, line.from, Decoration.line({ class: classes(line.number) }));
        done = line.from;
        at = line.to + 1;
      }
    }
  }
  return lines.finish();
}

/** Classes by line number; null for what has none. */
function classesOf({ from, to, value }: Range<Placed>, state: EditorState): ((line: number) => string) | null {
  const { kind, form } = value.segment;
  switch (kind) {
    case "cell": {
      const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number];
      const below = touching(state.field(layer).placement, to + 1, to + 1);
      const end = below.some(({ value }) => value.segment.kind === "result")
        ? "cell-last cell-has-result"
        : "cell-last";
      return (line) => ["cell-line", line === first && "cell-first", line === last && end].filter(Boolean).join(" ");
    }
    case "plain":
      return () => "source-plain";
    case "block":
      return () => `source-${form}`;
    case "result":
      return () => "source-code source-result";
    default:
      return null;
  }
}
