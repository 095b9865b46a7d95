/** What a person typed in a document that the server has replaced since, and that can't be put into the new one. */
import { askFirst } from "../ask-first.ts";
import { element } from "../element.ts";

export function leftNotice(text: string, discard: () => void): HTMLElement {
  const field = element("textarea", {
    readonly: true,
    rows: String(Math.min(text.split("\n").length + 1, 12)),
    "aria-label": "What you wrote",
  });
  field.value = text;
  const copy = element(
    "button",
    {
      type: "button",
      click: () =>
        navigator.clipboard.writeText(text).then(
          () => copy.replaceChildren("Copied"),
          () => field.select(),
        ),
    },
    "Copy",
  );
  const holder = element(
    "section",
    { class: "problem left", "aria-label": "Not saved" },
    element(
      "p",
      { role: "alert" },
      "You wrote this before the document was replaced on the server, and it can't be put into the new one. It is kept in this browser.",
    ),
    field,
    element(
      "div",
      { class: "actions" },
      copy,
      askFirst({
        label: "Discard",
        about: "what you wrote",
        warning: "It can't be brought back.",
        act() {
          discard();
          holder.remove();
        },
      }),
    ),
  );
  return holder;
}
