/** The output of a cell as markdown, and how it gets behind its cell (formats.md §3). */
import type { Cell } from "./cells.ts";
import { minimalChange, type TextChange } from "./changes.ts";
import { playTerminal } from "./terminal.ts";

export interface OutputAsset {
  /**
   * An image is shown, anything else is linked: a page that stands for itself, the rich form of a table whose text stands in
   * the block, or all of a text of which the block has the beginning and the end.
   */
  readonly kind: "image" | keyof typeof LINK_LABELS;
  /** Relative to the document, percent-encoded where markdown needs it. */
  readonly link: string;
}

/** What a link to a generated file says; by this it is known as a cell's own (cells.ts). */
export const LINK_LABELS = { interactive: "interactive output", table: "table", whole: "whole output" } as const;

export interface Output {
  /** As it came: with control sequences. */
  readonly text: string;
  readonly assets: readonly OutputAsset[];
}

const NO_CAPTIONS: ReadonlyMap<string, string> = new Map();

/**
 * The markdown of an output, without line break at its ends; "" if there is nothing to show. `written` has, by link, the
 * lines that stand in the document already: a caption that a person gave to a picture stays.
 */
export function renderOutput({ text, assets }: Output, written = NO_CAPTIONS): string {
  const blocks: string[] = [];
  const played = playTerminal(text).trimEnd();
  if (played !== "") {
    const fence = fenceFor(played);
    blocks.push(`${fence}output\n${played}\n${fence}`);
  }
  for (const { kind, link } of assets) {
    blocks.push(written.get(link) ?? (kind === "image" ? `![plot](${link})` : `[${LINK_LABELS[kind]}](${link})`));
  }
  return blocks.join("\n\n");
}

/** The changes that put `output` in place of what the cell owns; none if it stands there already. */
export function replaceOutput(source: string, cell: Cell, output: Output): TextChange[] {
  const { prefix, owned } = cell;
  const eol = source.includes("\r\n") ? "\r\n" : "\n";
  const before = source.slice(owned.from, owned.to);
  const rendered = renderOutput(output, assetLines(before));
  let after = "";
  if (rendered !== "") {
    const gap = GAP.exec(before)?.[0] ?? `${eol}${prefix.trimEnd()}${eol}`;
    const lines = rendered.split("\n").map((line) => (line === "" ? prefix.trimEnd() : prefix + line));
    after = gap + lines.join(eol);
    // A paragraph right behind a picture would become one with it.
    if (before === "" && TEXT_FOLLOWS.test(source.slice(owned.to, owned.to + 200))) after += eol + prefix.trimEnd();
  }
  const change = minimalChange(before, after);
  if (!change) return [];
  return [{ from: owned.from + change.from, to: owned.from + change.to, insert: change.insert }];
}

/** What a person left between cell and output stays as it is. */
const GAP = /^\r?\n(?:[ \t>]*\r?\n)*/;
const TEXT_FOLLOWS = /^\r?\n[ \t>]*[^\s>]/;

/** Longer than any run of backticks in the text. */
function fenceFor(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return "`".repeat(Math.max(3, longest + 1));
}

const ASSET_LINE = /^(?:!\[[^\]]*\]|\[[^\]]*\])\(([^()\s]+)(?:\s+"[^"]*")?\)[<>^_]*$/;

function assetLines(before: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of before.split("\n")) {
    const text = line.replace(/^[\s>]+/, "").trimEnd();
    const link = ASSET_LINE.exec(text)?.[1];
    if (link !== undefined) lines.set(link, text);
  }
  return lines;
}
