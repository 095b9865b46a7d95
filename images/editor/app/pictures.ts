/** Shows the picture under a line that holds nothing but an image of the project. */
import { type EditorState, type Extension, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { resolveRelative } from "../../../shared/fsml/path.ts";

const IMAGE_LINE = /^[ \t>]*!\[([^\]]*)\]\(([^()\s]+)(?:\s+"[^"]*")?\)[<>^_]*[ \t]*$/;

class Picture extends WidgetType {
  readonly #src: string;
  readonly #alt: string;

  constructor(src: string, alt: string) {
    super();
    this.#src = src;
    this.#alt = alt;
  }

  override eq(other: Picture): boolean {
    return other.#src === this.#src && other.#alt === this.#alt;
  }

  override toDOM(): HTMLElement {
    const image = document.createElement("img");
    image.className = "cell-picture";
    image.src = this.#src;
    image.alt = this.#alt;
    return image;
  }
}

/** @param urlOf where the project's file is found */
export function pictures(path: string, urlOf: (path: string) => string): Extension {
  const decorate = (state: EditorState): DecorationSet => {
    const marks = [];
    for (let number = 1; number <= state.doc.lines; number++) {
      const line = state.doc.line(number);
      const match = IMAGE_LINE.exec(line.text);
      const target = match?.[2] ? resolveRelative(path, match[2]) : null;
      if (target === null) continue;
      const widget = new Picture(urlOf(target), match?.[1] ?? "");
      marks.push(Decoration.widget({ widget, block: true, side: 1 }).range(line.to));
    }
    return Decoration.set(marks);
  };
  return StateField.define<DecorationSet>({
    create: decorate,
    update: (value, transaction) => (transaction.docChanged ? decorate(transaction.state) : value),
    provide: (field) => EditorView.decorations.from(field),
  });
}
