/** A button that opens a list of commands: by the browser's own popover, which closes by itself and gives the focus back. */
import { element } from "./element.ts";

/** Where there is less room (CSS pixels), it moves to the left. */
const WIDEST = 280;

let count = 0;

export function menu(label: string, commands: readonly (readonly [label: string, act: () => void])[]): HTMLElement {
  const id = `menu-${++count}`;
  const list = element("div", { id, class: "menu", popover: "auto", role: "menu", "aria-label": label });
  for (const [name, act] of commands) {
    const choose = () => {
      list.hidePopover();
      act();
    };
    list.append(element("button", { type: "button", role: "menuitem", click: choose }, name));
  }
  const button = element(
    "button",
    { type: "button", class: "quiet", popovertarget: id, "aria-haspopup": "menu" },
    label,
    " ▾",
  );
  list.addEventListener("beforetoggle", () => {
    const { left, bottom } = button.getBoundingClientRect();
    list.style.left = `${Math.max(4, Math.min(left, innerWidth - WIDEST))}px`;
    list.style.top = `${bottom + 4}px`;
  });
  list.addEventListener("toggle", () => {
    if (list.matches(":popover-open")) list.querySelector("button")?.focus();
  });
  list.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("button")];
    const at = items.findIndex((item) => item.matches(":focus"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    items.at((at + step) % items.length)?.focus();
  });
  return element("span", { class: "menu-holder" }, button, list);
}
