/** The way out of a table: to the text beside it. */
import type { Text, TransactionSpec } from "@codemirror/state";

/**
 * What puts the cursor above or below the table between two offsets; null if there is nothing above. A line that is written right
 * below would be a row of it: at the end of a document there is made room for a paragraph.
 */
export function besideTable(doc: Text, from: number, to: number, direction: -1 | 1): TransactionSpec | null {
  const edge = doc.lineAt(direction > 0 ? to : from).number;
  for (let number = edge + direction; number >= 1 && number <= doc.lines; number += direction) {
    const line = doc.line(number);
    if (line.text.trim() !== "") return { selection: { anchor: direction > 0 ? line.from : line.to } };
  }
  if (direction < 0) return edge > 1 ? { selection: { anchor: 0 } } : null;
  const missing = "\n".repeat(Math.max(0, 2 - (doc.lines - edge)));
  return {
    changes: missing === "" ? [] : { from: doc.length, insert: missing },
    selection: { anchor: doc.length + missing.length },
    userEvent: missing === "" ? "select" : "input",
  };
}
