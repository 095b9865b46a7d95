/**
 * How high a block will be, so that the scroll bar is right before it has been shown. From the theme's sizes at the width that a
 * page has on a wide screen; the editor corrects itself when a block comes into view.
 */
import type { Form } from "./segment.ts";

const TEXT = { line: 26.4, chars: 92, gap: 5 } as const;
const HEADINGS: Readonly<Record<string, { line: number; chars: number }>> = {
  h1: { line: 38.6, chars: 42 },
  h2: { line: 29, chars: 62 },
  h3: { line: 23.4, chars: 78 },
};
const SMALL_HEADING = { line: 20, chars: 92 };
const CODE = { line: 21.3, padding: 29, most: 482 } as const;
const ROW = 39;
const PICTURE = 320;
const FORMULA = 60;

export function estimateHeight(html: string, source: string, form: Form): number {
  if (form !== "text" && form !== "code") {
    const { line, chars } = HEADINGS[form] ?? SMALL_HEADING;
    return rows(source, chars) * line;
  }
  const pictures = count(html, "<img ") * PICTURE;
  if (html.startsWith('<div class="table')) return count(html, "<tr>") * ROW;
  if (html.startsWith('<div class="formula')) return FORMULA;
  if (html.startsWith('<div class="cell') || html.startsWith("<pre")) {
    const height = count(source, "\n") * CODE.line + CODE.padding;
    return pictures + (html.includes('class="output"') ? Math.min(CODE.most, height) : height);
  }
  return pictures + (pictures > 0 && source.length < 200 ? 0 : textHeight(source));
}

/** Paragraphs and items of lists, each of which begins a line. */
function textHeight(source: string): number {
  const parts = source.split(/\n[ \t>]*\n|\n(?=[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t])/);
  return parts.reduce((sum, part) => sum + rows(part, TEXT.chars) * TEXT.line + TEXT.gap, -TEXT.gap);
}

const rows = (text: string, chars: number) => Math.max(1, Math.ceil(text.length / chars));

function count(text: string, piece: string): number {
  let found = 0;
  for (let at = text.indexOf(piece); at !== -1; at = text.indexOf(piece, at + piece.length)) found++;
  return found;
}
