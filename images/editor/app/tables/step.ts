/** Where the keys lead in a table. */
import type { Place } from "./source.ts";

/** `onward` and `back` go by cells, `down` by rows, as the arrow keys do; these leave the table at its edges. */
export type Step = "onward" | "back" | "down" | "above" | "below" | "before" | "behind" | "out" | "tools";

export type Destination =
  | { readonly kind: "cell"; readonly place: Place; readonly side: "start" | "end" }
  /** A row that is not there yet, at the end of the table. */
  | { readonly kind: "row"; readonly column: number }
  | { readonly kind: "text"; readonly direction: -1 | 1 }
  | { readonly kind: "tools" }
  | { readonly kind: "nowhere" };

export function destination(step: Step, { row, column }: Place, rows: number, columns: number): Destination {
  const cell = row * columns + column;
  const isLast = cell === rows * columns - 1;
  const to = (cell: number, side: "start" | "end"): Destination => {
    return { kind: "cell", place: { row: Math.floor(cell / columns), column: cell % columns }, side };
  };
  const leave = (direction: -1 | 1): Destination => ({ kind: "text", direction });
  switch (step) {
    case "onward":
      return isLast ? { kind: "row", column: 0 } : to(cell + 1, "end");
    case "back":
      return cell === 0 ? { kind: "nowhere" } : to(cell - 1, "end");
    case "down":
      return row + 1 < rows ? to(cell + columns, "end") : { kind: "row", column };
    case "above":
      return row > 0 ? to(cell - columns, "end") : leave(-1);
    case "below":
      return row + 1 < rows ? to(cell + columns, "end") : leave(1);
    case "before":
      return cell === 0 ? leave(-1) : to(cell - 1, "end");
    case "behind":
      return isLast ? leave(1) : to(cell + 1, "start");
    case "out":
      return leave(1);
    case "tools":
      return { kind: "tools" };
  }
}
