/** A button that opens a small panel, whose content is made anew each time: it shows what is, not what was. */
import { element } from "./element.ts";
import { opener } from "./popover.ts";

/** CSS pixels, as main.css has it. */
const WIDEST = 440;

export interface Panel {
  readonly holder: HTMLElement;
  readonly button: HTMLButtonElement;
}

/** @param draw makes the content. What it throws is said in the panel. */
export function panel(label: string, draw: () => Promise<HTMLElement>): Panel {
  const popover = element("div", { class: "panel" });
  const button = opener(popover, label, "dialog", WIDEST);
  popover.addEventListener("toggle", () => {
    popover.replaceChildren();
    if (popover.matches(":popover-open")) void show();
  });

  async function show(): Promise<void> {
    popover.replaceChildren(element("p", { class: "hint", role: "status" }, "Loading …"));
    const content = await draw().catch((error: unknown) =>
      element("p", { role: "alert" }, error instanceof Error ? error.message : "This can't be shown."),
    );
    if (!popover.matches(":popover-open")) return;
    popover.replaceChildren(content);
    const first =
      content.querySelector<HTMLElement>("[autofocus]") ?? content.querySelector<HTMLElement>("input, button");
    first?.focus();
  }

  return { holder: element("span", { class: "menu-holder" }, button, popover), button };
}
