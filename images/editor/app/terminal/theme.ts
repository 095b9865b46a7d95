/** The colours of the page's theme, as the terminal wants them: resolved, for light or dark as it is now. */
import type { ITheme } from "@xterm/xterm";

const ANSI = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "brightBlack",
  "brightRed",
  "brightGreen",
  "brightYellow",
  "brightBlue",
  "brightMagenta",
  "brightCyan",
  "brightWhite",
] as const satisfies readonly (keyof ITheme)[];

/** @param within an element of the page, whose colours are asked for */
export function themeOf(within: HTMLElement): ITheme {
  const probe = document.createElement("span");
  within.append(probe);
  // A custom property is text; as a colour it is resolved.
  const resolved = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const theme: ITheme = {
    background: resolved("background"),
    foreground: resolved("text"),
    cursor: resolved("accent"),
    cursorAccent: resolved("background"),
    selectionBackground: resolved("line-strong"),
    ...Object.fromEntries(ANSI.map((name, i) => [name, resolved(`ansi-${i}`)])),
  };
  probe.remove();
  return theme;
}
