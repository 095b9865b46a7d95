/** What a person does to a document's cells: as changes of its text, and the cursor's place in the text behind them. */
import { type Cell, findCells } from "../../../../shared/document/cells.ts";
import { applyChanges, type TextChange } from "../../../../shared/document/changes.ts";
import { replaceOutput } from "../../../../shared/document/output.ts";

export interface Edit {
  /** Sorted, and apart from each other. */
  readonly changes: readonly TextChange[];
  readonly cursor: number;
}

/** A passage of whole lines, in UTF-16 offsets: a block of the document, or a cell with its output. */
export interface Passage {
  readonly from: number;
  readonly to: number;
}

const NOTHING = { text: "", assets: [] } as const;

/** Takes the outputs of cells away. The cells are in order. */
export function clearOutputs(source: string, cells: readonly Cell[]): TextChange[] {
  return cells.flatMap((cell) => replaceOutput(source, cell, NOTHING));
}

/** An empty cell of the same language and session, above the cell or below its output. */
export function insertCell(source: string, cell: Cell, side: "above" | "below"): Edit {
  const { prefix } = cell;
  const blank = prefix.trimEnd();
  const head = `${openingOf(source, cell)}\n${prefix}`;
  const empty = `${head}\n${prefix}${markOf(source, cell)}`;
  if (side === "above") {
    const at = cell.fence.from;
    return { changes: [{ from: at, to: at, insert: `${empty}\n${blank}\n${prefix}` }], cursor: at + head.length };
  }
  const at = endOf(cell);
  const before = `\n${blank}\n${prefix}`;
  const space = isFollowed(source, at) ? `\n${blank}` : "";
  return {
    changes: [{ from: at, to: at, insert: before + empty + space }],
    cursor: at + before.length + head.length,
  };
}

/** A closing fence behind the last line that says something, for a cell that has none: without it, its output has no place. */
export function closeCell(source: string, cell: Cell): TextChange[] {
  const at = source.slice(0, cell.fence.to).trimEnd().length;
  return [{ from: at, to: at, insert: `\n${cell.prefix}${markOf(source, cell)}` }];
}

/** Two cells: what stands before the cursor, and what stands behind it, with the output. Null if the cursor is not in its code. */
export function splitCell(source: string, cell: Cell, cursor: number): Edit | null {
  const { fence, prefix } = cell;
  const closing = source.lastIndexOf("\n", fence.to - 1);
  if (!fence.closed || cursor < fence.textFrom || cursor > closing) return null;
  // At the end of a line the next one begins the second cell.
  const isAtEnd = source[cursor] === "\n" && cursor < closing;
  const at = isAtEnd ? cursor + 1 + prefixAt(source, cursor + 1, prefix) : cursor;
  const isAtStart = source.slice(source.lastIndexOf("\n", at - 1) + 1, at).trim() === prefix.trim();
  const insert =
    `${isAtStart ? "" : `\n${prefix}`}${markOf(source, cell)}\n${prefix.trimEnd()}\n` +
    `${prefix}${openingOf(source, cell)}\n${prefix}`;
  return { changes: [{ from: at, to: at, insert }], cursor: at + insert.length };
}

/** Without the cell, and its output. What stood around it stays apart. */
export function deleteCell(source: string, cell: Cell): Edit {
  const end = endOf(cell);
  const start = source.lastIndexOf("\n", cell.fence.from - 1) + 1;
  // It stands behind the mark of a quote or a list's item, which is not its own.
  if (source.slice(start, cell.fence.from).trim() !== "")
    return { changes: [{ from: cell.fence.from, to: end, insert: "" }], cursor: cell.fence.from };
  const isApart = start === 0 || /(?:^|\n)[ \t]*\n$/.test(source.slice(0, start));
  const [gap = ""] = /^(?:\n[ \t]*)*(?:\n|$)/.exec(source.slice(end)) ?? [];
  const isLast = source.slice(end).trim() === "";
  if (isApart || isLast) {
    const to = isLast ? Math.min(source.length, end + 1) : end + gap.length;
    return { changes: [{ from: start, to, insert: "" }], cursor: start };
  }
  // Nothing but a line's end stands before it: the blank line behind it stays, or its own line becomes one.
  const to = /^\n[ \t]*\n/.test(gap) ? end + 1 : end;
  return { changes: [{ from: start, to, insert: "" }], cursor: start };
}

/** What is cut out and put in elsewhere: the cell, or what it goes past. Positions in what stays where it is keep their meaning. */
export type Carried = "cell" | "others";

export interface Move extends Edit {
  /** Where what was carried stood, and where it is now. */
  readonly carried: { readonly from: Passage; readonly to: number };
}

/**
 * The cell past its neighbour, with its output. Where it would get or lose an output there, it goes further. Null if there is no
 * place for it.
 * @param blocks of the document, in order, each cell together with its output; what must stay first is not among them
 * @param at which of them is the cell
 */
export function moveCell(
  source: string,
  blocks: readonly Passage[],
  at: number,
  direction: -1 | 1,
  { cursor, carried, generated }: { cursor: number; carried: Carried; generated: string },
): Move | null {
  const cell = blocks[at];
  if (!cell) return null;
  const before = contentOf(source, generated);
  for (let past = at + direction; past >= 0 && past < blocks.length; past += direction) {
    const [near, far] = [blocks[at + direction], blocks[past]];
    if (!near || !far) return null;
    const others = direction > 0 ? { from: near.from, to: far.to } : { from: far.from, to: near.to };
    const move = swap(source, direction > 0 ? [cell, others] : [others, cell], carried === "cell" ? cell : others);
    const moved = applyChanges(source, move.changes);
    if (contentOf(moved, generated) !== before) continue;
    const isCarried = carried === "cell";
    const start = isCarried ? move.carried.to : mapOver(move.changes, cell.from);
    return { ...move, cursor: start + cursor - cell.from };
  }
  return null;
}

/** Exchanges two passages between which are only blank lines, by carrying one of them. */
function swap(source: string, [upper, lower]: readonly [Passage, Passage], carried: Passage): Omit<Move, "cursor"> {
  const text = source.slice(carried.from, carried.to);
  const between = source.slice(upper.to, lower.from);
  const gap = /\n[ \t]*\n/.test(between) ? between : "\n\n";
  const above = upper.from === 0 || /(?:^|\n)[ \t]*\n$/.test(source.slice(0, upper.from)) ? "" : "\n";
  const below = isFollowed(source, lower.to) ? "\n" : "";
  if (carried === upper) {
    return {
      changes: [
        { from: upper.from, to: lower.from, insert: above },
        { from: lower.to, to: lower.to, insert: gap + text + below },
      ],
      carried: { from: upper, to: lower.to - (lower.from - upper.from) + above.length + gap.length },
    };
  }
  return {
    changes: [
      { from: upper.from, to: upper.from, insert: above + text + gap },
      { from: upper.to, to: lower.to, insert: below },
    ],
    carried: { from: lower, to: upper.from + above.length },
  };
}

/** All cells with their outputs, whatever their order. */
function contentOf(source: string, generated: string): string {
  const cells = findCells(source, generated).map(({ fence, owned }) => [
    fence.info,
    fence.text,
    source.slice(owned.from, owned.to).trim(),
  ]);
  return cells
    .map((cell) => JSON.stringify(cell))
    .sort()
    .join("\n");
}

function mapOver(changes: readonly TextChange[], at: number): number {
  return changes.reduce((sum, { from, to, insert }) => (to <= at ? sum + insert.length - (to - from) : sum), at);
}

/** A line with text follows right behind. */
const isFollowed = (source: string, at: number) => /^\n[ \t]*[^\s]/.test(source.slice(at, at + 1_000));

/** Behind the cell's output, or behind the cell if it has none. */
export const endOf = ({ fence, owned }: Cell) => Math.max(fence.to, owned.to);

/** The opening line, without what stands before the fence. */
function openingOf(source: string, { fence }: Cell): string {
  const end = source.indexOf("\n", fence.from);
  return source.slice(fence.from, end === -1 ? source.length : end).trimEnd();
}

const markOf = (source: string, { fence }: Cell) => /^[`~]+/.exec(source.slice(fence.from, fence.to))?.[0] ?? "```";

/** How much of the prefix stands at the beginning of a line. */
function prefixAt(source: string, line: number, prefix: string): number {
  const written = source.slice(line, line + prefix.length);
  return written === prefix ? prefix.length : (/^[ \t>]*/.exec(written)?.[0].length ?? 0);
}
