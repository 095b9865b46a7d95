/** A document cut into pieces that the editor shows as they are published, or as source. Travels from the worker as it is. */
import type { Language } from "../../../../shared/mrp/mrp.ts";

export interface Segment {
  /** Offsets: from the start of a line to the end of one. */
  readonly from: number;
  readonly to: number;
  /**
   * `block` and `result` are replaced by their HTML, `gap` (blank lines) by the space that the page has there; `seam` is that space
   * where no line is. `cell` and `plain` are always text: code, and what a page does not show (definitions, comments). `notes`
   * stand behind the text.
   */
  readonly kind: "block" | "result" | "gap" | "seam" | "cell" | "plain" | "notes";
  readonly html: string;
  /** CSS pixels it will take, as far as one can tell without showing it. */
  readonly height: number;
  /** How its source looks. */
  readonly form: Form;
  readonly cells: readonly CellMark[];
  /** What is shown in frames behind it. */
  readonly frames: readonly FrameMark[];
}

export type Form = "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "text" | "code";

export interface CellMark {
  /** Counted from 1, over all cells of the document. */
  readonly number: number;
  /** Of its opening fence, from the segment's start. */
  readonly offset: number;
  /** From its first mark to behind its last. */
  readonly length: number;
  /** What a kernel runs it in; null for a cell that the page shows itself, or that nothing runs. */
  readonly language: Language | null;
  /** The session that it names; null if it names none. */
  readonly session: string | null;
  /** Of its code (shared/editor/stale.ts). */
  readonly digest: string;
}

export type FrameMark =
  | { readonly kind: "file"; readonly title: string; readonly path: string }
  /** Scripts run only when somebody asks: `scripted` is the page with them, null if it has none. */
  | { readonly kind: "page"; readonly plain: string; readonly scripted: string | null };

/** True if both show the same; where they stand is another matter. */
export function isSame(a: Segment, b: Segment): boolean {
  return (
    a.kind === b.kind &&
    a.to - a.from === b.to - b.from &&
    a.html === b.html &&
    a.form === b.form &&
    JSON.stringify([a.cells, a.frames]) === JSON.stringify([b.cells, b.frames])
  );
}
