/** In outputs: the address of a web app that a cell serves, with a link to where people see it. */
import { type Extension, type Range, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { cellsOf } from "./cells-of.ts";
import { element } from "./element.ts";

/** What a server says of itself when it listens on its own machine. */
const LOCAL = /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{4,5})(\/[\w./~%?&=#+-]*)?/g;

class AppLink extends WidgetType {
  readonly #href: string;

  constructor(href: string) {
    super();
    this.#href = href;
  }

  override eq(other: AppLink): boolean {
    return other.#href === this.#href;
  }

  override toDOM(): HTMLElement {
    return element("a", { class: "app-link", href: this.#href, target: "_blank", rel: "noopener" }, "Open app");
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

export function webAppLinks(projectId: string): Extension {
  const decorate = (text: Text): DecorationSet => {
    const links: Range<Decoration>[] = [];
    for (const { owned } of cellsOf(text)) {
      for (const match of text.sliceString(owned.from, owned.to).matchAll(LOCAL)) {
        const [whole, port, path = "/"] = match;
        const widget = new AppLink(`/proxy/${projectId}/${port}${path}`);
        links.push(Decoration.widget({ widget, side: 1 }).range(owned.from + match.index + whole.length));
      }
    }
    return Decoration.set(links);
  };
  return StateField.define<DecorationSet>({
    create: (state) => decorate(state.doc),
    update: (value, transaction) => (transaction.docChanged ? decorate(transaction.newDoc) : value),
    provide: (field) => EditorView.decorations.from(field),
  });
}
