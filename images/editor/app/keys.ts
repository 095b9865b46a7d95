/** Keys that are pressed together, as commands write them: `Ctrl-Shift-V`. On a Mac, ⌘ does what Ctrl does. */

/** Null without Ctrl or ⌘: such keys type. */
export function keysOf({ ctrlKey, metaKey, shiftKey, altKey, key }: KeyboardEvent): string | null {
  if (!ctrlKey && !metaKey) return null;
  const name = key.length === 1 ? key.toUpperCase() : key;
  return ["Ctrl", ...(altKey ? ["Alt"] : []), ...(shiftKey ? ["Shift"] : []), name].join("-");
}
