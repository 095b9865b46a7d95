/** Keys that are pressed together, as commands write them: `Ctrl-Shift-V`. On a Mac, ⌘ does what Ctrl does. */
import { element } from "./element.ts";

/** Null without Ctrl or ⌘: such keys type. */
export function keysOf({ ctrlKey, metaKey, shiftKey, altKey, key, code }: KeyboardEvent): string | null {
  if (!ctrlKey && !metaKey) return null;
  // On many keyboards, the key below Escape only begins a letter, or is another one.
  const name = code === "Backquote" ? "`" : key.length === 1 ? key.toUpperCase() : key;
  return ["Ctrl", ...(altKey ? ["Alt"] : []), ...(shiftKey ? ["Shift"] : []), name].join("-");
}

/** Beside a command. */
export function keyMark(keys: string): HTMLElement {
  return element("kbd", { "aria-hidden": "true" }, keys.replace("ArrowUp", "↑").replace("ArrowDown", "↓"));
}
