/** Cuts a document into segments, in order, from the renderer's blocks. Blank lines at its end stay text: there one writes on. */
import type { Block } from "../../../../reader/document/blocks.ts";
import { type RenderContext, renderInBlocks } from "../../../../reader/document/render.ts";
import { type Cell, findCells, kernelLanguage } from "../../../../shared/document/cells.ts";
import { findPageGroups, pageOf } from "../../../../shared/document/page-cells.ts";
import { digestOf } from "../../../../shared/editor/stale.ts";
import { resolveRelative } from "../../../../shared/fsml/path.ts";
import { estimateHeight } from "./height.ts";
import type { CellMark, Form, FrameMark, Segment } from "./segment.ts";
import { PARAGRAPH, type Shells, shellsOf } from "./shell.ts";

/** A piece with lines instead of offsets (the second one excluded), and what the page has there. */
interface Piece {
  readonly kind: Segment["kind"];
  readonly from: number;
  readonly to: number;
  readonly html: string;
  readonly shells: Shells;
}

/** @param path the document's own, from the project's root */
export function layOut(source: string, path: string, context: RenderContext): Segment[] {
  const lines = new Lines(source);
  const { blocks } = renderInBlocks(source, context);
  const pieces: Piece[] = [];
  for (const block of blocks) {
    if (block.lines) pieces.push(...piecesOf(block, block.lines, lines));
  }
  const notes = blocks.filter((block) => block.lines === null).map(({ html }) => html);
  const segments = withGaps(pieces, lines);
  if (notes.length > 0) segments.push(behind(pieces.at(-1)?.shells ?? PARAGRAPH, notes.join(""), source.length));
  return withMarks(segments, source, path);
}

function piecesOf({ html, cell }: Block, [from, end]: readonly [number, number], lines: Lines): Piece[] {
  const to = lines.trimmed(from, end);
  if (html.trim() === "") return [{ kind: "plain", from, to, html: "", shells: PARAGRAPH }];
  const shells = shellsOf(html);
  if (!cell) return [{ kind: "block", from, to, html, shells }];
  const code: Piece = { kind: "cell", from, to: cell.codeTo, html: "", shells };
  if (cell.result === "") return [code];
  return [code, { kind: "result", from: cell.codeTo, to, html: `<div class="cell">\n${cell.result}</div>`, shells }];
}

function withGaps(pieces: readonly Piece[], lines: Lines): Segment[] {
  const segments: Segment[] = [];
  let before: Piece | null = null;
  const add = (piece: Piece) => {
    if (before && piece.kind !== "result") segments.push(lines.gap(before, piece));
    segments.push(lines.segment(piece));
    before = piece;
  };
  let line = 0;
  for (const piece of pieces) {
    for (const [from, to] of lines.written(line, piece.from))
      add({ kind: "plain", from, to, html: "", shells: PARAGRAPH });
    add(piece);
    line = piece.to;
  }
  for (const [from, to] of lines.written(line, lines.count))
    add({ kind: "plain", from, to, html: "", shells: PARAGRAPH });
  return segments;
}

/** What stands behind the text, with the space before it. */
function behind(before: Shells, html: string, end: number): Segment {
  const space = `<div class="block-gap">${before.last}${shellsOf(html).first}</div>`;
  const height = GAP + estimateHeight(html, html, "text");
  return { from: end, to: end, kind: "notes", html: space + html, form: "text", height, cells: [], frames: [] };
}

/** Adds the cells, and what is shown in frames, to the segments that they stand in. */
function withMarks(segments: readonly Segment[], source: string, path: string): Segment[] {
  const all = findCells(source);
  const cells = new Map<number, CellMark[]>();
  const frames = new Map<number, FrameMark[]>();
  const segmentAt = finder(segments);
  for (const cell of all) {
    const at = segmentAt(cell.fence.from);
    const segment = segments[at];
    if (segment && cell.fence.closed) put(cells, at, markOf(cell, segment));
    for (const mark of framedFiles(cell, source, path)) put(frames, segmentAt(cell.owned.to), mark);
  }
  for (const group of findPageGroups(source, all)) {
    const last = group.cells.at(-1);
    const scripted = group.isScripted ? pageOf(group, all, true) : null;
    if (last) put(frames, segmentAt(last.fence.to), { kind: "page", plain: pageOf(group, all, false), scripted });
  }
  return segments.map((segment, i) => ({ ...segment, cells: cells.get(i) ?? [], frames: frames.get(i) ?? [] }));
}

function markOf(cell: Cell, segment: Segment): CellMark {
  const { number, fence, session } = cell;
  return {
    number,
    offset: fence.from - segment.from,
    length: fence.to - fence.from,
    language: kernelLanguage(cell),
    session,
    digest: digestOf(fence.text),
  };
}

const FRAMED_LINE = /^[ \t>]*\[(interactive output|table)\]\(([^()\s]+\.html)\)[ \t]*$/;

function framedFiles({ owned }: Cell, source: string, path: string): FrameMark[] {
  return source
    .slice(owned.from, owned.to)
    .split("\n")
    .flatMap((line) => {
      const [, title, link] = FRAMED_LINE.exec(line) ?? [];
      const target = link ? resolveRelative(path, link) : null;
      return title && target !== null ? [{ kind: "file" as const, title, path: target }] : [];
    });
}

/** Finds the segment that holds an offset; asked with offsets that mostly grow. -1 if there is none. */
function finder(segments: readonly Segment[]): (offset: number) => number {
  return (offset) => {
    let [low, high] = [0, segments.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle]?.from ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return segments[low]?.kind === "seam" ? low - 1 : low;
  };
}

function put<T>(map: Map<number, T[]>, key: number, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

function formOf(html: string, source: string): Form {
  if (source.startsWith("---")) return "code";
  const tag = /^<(h[1-6])[ >]/.exec(html)?.[1];
  if (tag) return tag as Form;
  return /^<(?:pre|div class="(?:table|formula|cell))/.test(html) ? "code" : "text";
}

/** The source by lines. */
class Lines {
  readonly #source: string;
  readonly #starts: number[] = [0];

  constructor(source: string) {
    this.#source = source;
    for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  get count(): number {
    return this.#starts.length;
  }

  segment({ kind, from, to, html }: Piece): Segment {
    const [start, end] = [this.#start(from), this.#end(to - 1)];
    const source = this.#source.slice(start, end);
    const form = formOf(html, source);
    return {
      from: start,
      to: end,
      kind,
      html,
      form,
      height: estimateHeight(html, source, form),
      cells: [],
      frames: [],
    };
  }

  /** The blank lines between two pieces; where there are none, the place between them. */
  gap(before: Piece, after: Piece): Segment {
    const html = before.shells.last + after.shells.first;
    const kind = before.to < after.from ? "gap" : "seam";
    const to = this.#end(Math.max(before.to, after.from) - 1);
    const from = kind === "seam" ? to : this.#start(before.to);
    return { from, to, kind, html, form: "text", height: GAP, cells: [], frames: [] };
  }

  /** `to` without blank lines before it. */
  trimmed(from: number, to: number): number {
    let end = Math.min(to, this.count);
    while (end > from + 1 && this.#isBlank(end - 1)) end--;
    return end;
  }

  /** Stretches of lines that are not blank. */
  *written(from: number, to: number): Generator<[number, number]> {
    let start = -1;
    for (let line = from; line <= to; line++) {
      const isBlank = line === to || this.#isBlank(line);
      if (isBlank && start !== -1) {
        yield [start, line];
        start = -1;
      } else if (!isBlank && start === -1) start = line;
    }
  }

  #isBlank(line: number): boolean {
    return this.#source.slice(this.#start(line), this.#end(line)).trim() === "";
  }

  #start(line: number): number {
    return this.#starts[line] ?? this.#source.length;
  }

  #end(line: number): number {
    const next = this.#starts[line + 1];
    return next === undefined ? this.#source.length : next - 1;
  }
}

/** The theme's distance between paragraphs. */
const GAP = 18.4;
