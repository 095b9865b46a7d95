/** All that can be done here, by name: typed, chosen with the arrow keys, done with Enter. Loaded when it is first asked for. */
import { element } from "../element.ts";
import { keyMark } from "../keys.ts";
import { addStyle } from "../style.ts";
import { matching } from "./match.ts";
import css from "./palette.css" with { type: "text" };

addStyle(css);

export interface Command {
  readonly name: string;
  /** As it is written on keys, where some do the same. */
  readonly keys?: string | undefined;
  /** Whether the keys do so wherever the focus is; else they are the editor's own. A terminal has keys of its own, too. */
  readonly anywhere?: true | "in terminals, too";
  readonly act: () => void;
}

export function openPalette(commands: readonly Command[]): void {
  if (document.querySelector(".palette")) return;
  const list = element("ul", { id: "palette-commands", role: "listbox", "aria-label": "Commands" });
  const input = element("input", {
    type: "text",
    role: "combobox",
    "aria-label": "Command or document",
    "aria-expanded": "true",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Command or document",
    input: show,
  });
  const nothing = element("p", { class: "hint", role: "status" });
  const dialog = element("dialog", { class: "palette", "aria-label": "Commands" }, input, list, nothing);
  let shown: readonly Command[] = [];
  let at = 0;

  function show(): void {
    shown = matching(commands, input.value);
    list.replaceChildren(...shown.map(option));
    nothing.textContent = shown.length === 0 ? "Nothing is called so." : "";
    choose(0);
  }

  function option({ name, keys }: Command, i: number): HTMLElement {
    const row = element(
      "li",
      { id: `palette-${i}`, role: "option", mousemove: () => choose(i), click: act },
      element("span", {}, name),
    );
    if (keys !== undefined) row.append(keyMark(keys));
    return row;
  }

  function choose(next: number): void {
    list.children[at]?.removeAttribute("aria-selected");
    at = next;
    const chosen = list.children[at];
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  }

  /** Once the dialog has given the focus back: a command may want it elsewhere. */
  function act(): void {
    const chosen = shown[at];
    if (!chosen) return;
    dialog.close();
    chosen.act();
  }

  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) choose((at + step + shown.length) % shown.length);
    else if (event.key === "Enter") act();
    else return;
    event.preventDefault();
  });
  // Beside it is not in it.
  dialog.addEventListener("mousedown", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  show();
}
