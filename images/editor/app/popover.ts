/** What a button opens below itself: by the browser's own popover, which closes by itself and gives the focus back. */
import { element } from "./element.ts";

/** Where there is less room (CSS pixels), it moves to the left. */
const WIDEST = 280;

let count = 0;

/** Gives `popover` an id and the button that opens it. `widest`: as the style sheet has it. */
export function opener(popover: HTMLElement, label: string, kind: "menu" | "dialog", widest = WIDEST) {
  popover.id = `popover-${++count}`;
  popover.popover = "auto";
  popover.setAttribute("role", kind);
  popover.setAttribute("aria-label", label);
  const button = element(
    "button",
    { type: "button", class: "quiet", popovertarget: popover.id, "aria-haspopup": kind },
    label,
  );
  popover.addEventListener("beforetoggle", () => {
    const { left, bottom } = button.getBoundingClientRect();
    popover.style.left = `${Math.max(4, Math.min(left, innerWidth - widest))}px`;
    popover.style.top = `${bottom + 4}px`;
  });
  return button;
}
