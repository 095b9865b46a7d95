/** One terminal in the drawer: its tab, its screen and its connection, which begin when it is first shown. */
import type { RuntimeView } from "../../../../shared/daemon/contract.ts";
import { element } from "../element.ts";
import { TerminalConnection, type TerminalState } from "./connection.ts";
import { Screen } from "./screen.ts";

export interface TabInput {
  readonly projectId: string;
  readonly name: string;
  readonly choose: () => void;
  /** Its state is another one. */
  readonly changed: () => void;
  /** The runtime as it is now. Throws ApiError. */
  readonly look: () => Promise<RuntimeView | null>;
}

export class Tab {
  readonly name: string;
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
  readonly #input: TabInput;
  #live: { readonly screen: Screen; readonly connection: TerminalConnection } | null = null;
  #state: TerminalState | null = null;

  constructor(input: TabInput) {
    this.#input = input;
    const { name, choose } = input;
    this.name = name;
    this.panel = element("div", {
      id: `terminal-${name}`,
      role: "tabpanel",
      "aria-labelledby": `terminal-tab-${name}`,
      hidden: true,
    });
    this.button = element(
      "button",
      { type: "button", id: `terminal-tab-${name}`, role: "tab", "aria-controls": this.panel.id, click: choose },
      name,
    );
  }

  get state(): TerminalState | null {
    return this.#state;
  }

  mark(isShown: boolean): void {
    this.panel.hidden = !isShown;
    this.button.setAttribute("aria-selected", String(isShown));
    this.button.tabIndex = isShown ? 0 : -1;
  }

  /** Begins with it if need be, once it is in the page; the runtime is started for it only if it `isWanted`. */
  open(isWanted: boolean): void {
    this.#live ??= this.#begin();
    this.fit();
    const isIdle = this.#state === null || this.#state.kind === "resting";
    if (isIdle && isWanted) this.start();
    else if (this.#state === null) void this.#live.connection.resume();
  }

  start(): void {
    this.#live?.connection.start();
  }

  focus(): void {
    this.#live?.screen.focus();
  }

  fit(): void {
    this.#live?.screen.fit();
  }

  end(): void {
    this.#live?.connection.close();
    this.#live?.screen.end();
    this.button.remove();
    this.panel.remove();
  }

  #begin() {
    const { projectId, name, changed, look } = this.#input;
    const screen = new Screen({
      holder: this.panel,
      label: `Terminal ${name}. Ctrl-Shift-\` leaves it.`,
      typed: (data) => connection.type(data),
      resized: () => connection.resize(),
    });
    const connection: TerminalConnection = new TerminalConnection({
      projectId,
      name,
      look,
      size: () => screen.size,
      show: (text, isAll, done) => screen.show(text, isAll, done),
      tell: (state) => {
        this.#state = state;
        changed();
      },
    });
    return { screen, connection };
  }
}
