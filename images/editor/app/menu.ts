/** A button that opens a list of commands: the arrow keys go through them. */
import { element } from "./element.ts";
import { keyMark } from "./keys.ts";
import type { Command } from "./palette/palette.ts";
import { opener } from "./popover.ts";

export function menu(label: string, commands: readonly Command[]): HTMLElement {
  const list = element("div", { class: "menu" });
  const button = opener(list, label, "menu");
  button.append(" ▾");
  fillMenu(list, commands);
  list.addEventListener("toggle", () => {
    if (list.matches(":popover-open")) list.querySelector<HTMLElement>("button:enabled")?.focus();
  });
  return element("span", { class: "menu-holder" }, button, list);
}

/** With commands, gone through by the arrow keys. @param list a popover, which closes with the choice */
export function fillMenu(list: HTMLElement, commands: readonly Command[]): void {
  for (const { name, keys, act } of commands) {
    const choose = () => {
      list.hidePopover();
      act();
    };
    const item = element("button", { type: "button", role: "menuitem", click: choose }, element("span", {}, name));
    if (keys !== undefined) item.append(keyMark(keys));
    list.append(item);
  }
  goThrough(list);
}

/** By the arrow keys. */
export function goThrough(list: HTMLElement): void {
  list.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll<HTMLElement>("button:enabled")];
    const at = items.findIndex((item) => item.matches(":focus"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    items.at((at + step) % items.length)?.focus();
  });
}
