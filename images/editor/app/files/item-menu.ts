/** The menu of one item, where it was asked for. */
import { element } from "../element.ts";
import { fillMenu } from "../menu.ts";
import type { Command } from "../palette/palette.ts";

/** CSS pixels, as the style sheet has it. */
const WIDEST = 280;

/** @param within what the items belong to. @param x of the viewport, in CSS pixels */
export function openItemMenu(within: HTMLElement, commands: readonly Command[], x: number, y: number): void {
  const list = element("div", { class: "menu item-menu", popover: "auto", role: "menu", "aria-label": "Actions" });
  fillMenu(list, commands);
  list.addEventListener("toggle", () => !list.matches(":popover-open") && list.remove());
  within.append(list);
  list.showPopover();
  list.style.left = `${Math.max(4, Math.min(x, innerWidth - WIDEST))}px`;
  list.style.top = `${Math.max(4, Math.min(y, innerHeight - list.offsetHeight - 4))}px`;
  list.querySelector("button")?.focus();
}
