/** A field behind each cell that waits for somebody to type something. */
import { type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { element } from "../element.ts";
import type { AskedInput } from "./runs.ts";

export const setInputPrompts = StateEffect.define<readonly AskedInput[]>();

type Answer = (asked: AskedInput, text: string) => void;

class InputPrompt extends WidgetType {
  readonly #asked: AskedInput;
  readonly #answer: Answer;

  constructor(asked: AskedInput, answer: Answer) {
    super();
    this.#asked = asked;
    this.#answer = answer;
  }

  /** What has been typed into the field stays while the document around it changes. */
  override eq(other: InputPrompt): boolean {
    return other.#asked.execId === this.#asked.execId && other.#asked.prompt === this.#asked.prompt;
  }

  override toDOM(): HTMLElement {
    const { prompt, password } = this.#asked;
    const field = element("input", { type: password ? "password" : "text", autocomplete: "off" });
    const label = element("label", {}, prompt || "The cell waits for input", field);
    const send = element("button", { type: "submit" }, "Send");
    const form = element("form", { class: "cell-input" }, label, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#answer(this.#asked, field.value);
      field.value = "";
    });
    return form;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

export function inputPrompts(answer: Answer): Extension {
  const decorate = (text: Text, asked: readonly AskedInput[]): DecorationSet =>
    Decoration.set(
      asked
        .filter(({ at }) => at <= text.length)
        .map((one) =>
          Decoration.widget({ widget: new InputPrompt(one, answer), block: true, side: 1 }).range(
            text.lineAt(one.at).to,
          ),
        ),
      true,
    );
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(value, transaction) {
      for (const effect of transaction.effects) {
        if (effect.is(setInputPrompts)) return decorate(transaction.state.doc, effect.value);
      }
      return value.map(transaction.changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}
