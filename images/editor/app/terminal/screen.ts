/** What a terminal shows and what is typed into it: xterm.js, in the page's colours, fitted to where it stands. */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import xtermCss from "@xterm/xterm/css/xterm.css" with { type: "text" };
import type * as z from "zod";
import type { TerminalSize } from "../../../../shared/runtime/terminal.ts";
import { addStyle } from "../style.ts";
import { themeOf } from "./theme.ts";

addStyle(xtermCss);

const SCROLLBACK = 5_000;
/** Of letters on their ground, as WCAG AA has it: programs choose colours for a ground that they don't know. */
const CONTRAST = 4.5;
const MAX = 1_000;

export interface ScreenInput {
  /** In the page, and visible: letters are measured there. */
  readonly holder: HTMLElement;
  readonly label: string;
  readonly typed: (data: string) => void;
  readonly resized: () => void;
}

export class Screen {
  readonly #holder: HTMLElement;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #isDark = matchMedia("(prefers-color-scheme: dark)");
  readonly #recolor = () => {
    this.#terminal.options.theme = themeOf(this.#holder);
  };

  constructor({ holder, label, typed, resized }: ScreenInput) {
    this.#holder = holder;
    this.#terminal = new Terminal({
      screenReaderMode: true,
      scrollback: SCROLLBACK,
      minimumContrastRatio: CONTRAST,
      fontFamily: getComputedStyle(holder).getPropertyValue("--mono"),
      fontSize: 13,
      theme: themeOf(holder),
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(holder);
    this.#terminal.textarea?.setAttribute("aria-label", label);
    this.#terminal.attachCustomKeyEventHandler((event) => !this.#copies(event));
    this.#terminal.onData(typed);
    this.#terminal.onResize(resized);
    this.#isDark.addEventListener("change", this.#recolor);
  }

  get size(): z.infer<typeof TerminalSize> {
    const { cols, rows } = this.#terminal;
    return { columns: Math.min(cols, MAX), rows: Math.min(rows, MAX) };
  }

  /** @param isAll whether it takes the place of all that was shown */
  show(text: string, isAll: boolean, done: () => void): void {
    // What was written before may still wait to be shown, so the reset goes behind it.
    this.#terminal.write(isAll ? `\x1bc${text}` : text, done);
  }

  fit(): void {
    this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }

  end(): void {
    this.#isDark.removeEventListener("change", this.#recolor);
    this.#terminal.dispose();
  }

  /** Ctrl-Shift-C copies, as does Ctrl-C where something is selected; else that interrupts. The browser pastes by itself. */
  #copies({ type, key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
    if (!ctrlKey || metaKey || altKey || key.toLowerCase() !== "c") return false;
    const selected = this.#terminal.getSelection();
    if (!shiftKey && selected === "") return false;
    if (type === "keydown" && selected !== "") {
      void navigator.clipboard.writeText(selected);
      this.#terminal.clearSelection();
    }
    return true;
  }
}
