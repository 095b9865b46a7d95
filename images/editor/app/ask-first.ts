/** A button for what can't be taken back: the first press asks, in the button's own place, and the answer does it. */
import { element } from "./element.ts";

export interface AskedFirst {
  /** On the button. */
  readonly label: string;
  /** For screen readers, where many buttons have the same label: what it is about. */
  readonly about: string;
  /** What the person is to know before they say yes. */
  readonly warning: string;
  readonly act: () => void;
}

export function askFirst({ label, about, warning, act }: AskedFirst): HTMLElement {
  const holder = element("span", { class: "ask-first" });
  const button = element("button", { type: "button", "aria-label": `${label} ${about}`, click: ask }, label);
  holder.append(button);

  function ask(): void {
    const keep = element("button", { type: "button", click: giveUp }, "Cancel");
    holder.replaceChildren(
      element(
        "span",
        { role: "group", "aria-label": `${label} ${about}? ${warning}` },
        element("span", { class: "warning" }, warning),
        element("button", { type: "button", class: "danger", click: act }, `${label} now`),
        keep,
      ),
    );
    // A second press of the same key changes nothing.
    keep.focus();
  }

  function giveUp(): void {
    holder.replaceChildren(button);
    button.focus();
  }

  return holder;
}
