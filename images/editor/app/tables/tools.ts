/** The buttons over a table that somebody is in. Alt-F10 goes to them, Escape back to the cell. */
import { element } from "../element.ts";
import { COLUMN_COMMANDS, ROW_COMMANDS, type TableCommand } from "./commands.ts";
import type { TablesInput } from "./input.ts";

export interface ToolsInput {
  readonly menu: TablesInput["menu"];
  readonly isPossible: (command: TableCommand) => boolean;
  readonly act: (command: TableCommand) => void;
  /** Gives the focus back to the cell. */
  readonly back: () => void;
}

export function tableTools({ menu, isPossible, act, back }: ToolsInput): HTMLElement {
  const menus = [
    { label: "Row", commands: ROW_COMMANDS },
    { label: "Column", commands: COLUMN_COMMANDS },
  ].map(({ label, commands }) => {
    const holder = menu(
      label,
      commands.map((command) => ({ name: command.name, act: () => act(command) })),
    );
    holder.addEventListener("beforetoggle", () => look(holder, commands, isPossible), { capture: true });
    return holder;
  });
  const tools = element("div", { class: "table-tools", role: "toolbar", "aria-label": "Table" }, ...menus);
  for (const button of openersIn(tools)) button.title = "Alt-F10 goes here, Escape back to the table";
  tools.addEventListener("keydown", (event) => {
    const buttons: (Element | null)[] = openersIn(tools);
    const at = buttons.indexOf(document.activeElement);
    if (at === -1) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined)
      openersIn(tools)
        .at((at + step) % buttons.length)
        ?.focus();
    else if (event.key === "Escape") back();
    else return;
    event.preventDefault();
  });
  return tools;
}

const openersIn = (tools: HTMLElement) => [...tools.querySelectorAll<HTMLButtonElement>("[popovertarget]")];

/** What can't be done here can't be chosen. */
function look(holder: HTMLElement, commands: readonly TableCommand[], isPossible: ToolsInput["isPossible"]): void {
  for (const [i, button] of [...holder.querySelectorAll<HTMLButtonElement>('[role="menuitem"]')].entries()) {
    const command = commands[i];
    button.disabled = !command || !isPossible(command);
  }
}
