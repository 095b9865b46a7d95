/**
 * Drawings of `mermaid` blocks. Only a browser can make them, so they are files of the project, as what cells draw: whoever sees
 * a block that may be edited keeps its drawing, and everyone else is shown that (docs/decisions/0018-diagrams-are-files.md).
 */
import { digest } from "lib0/hash/sha256";
import * as z from "zod";

/** UTF-16 units of a block's text. Beyond, it is shown as code: a browser takes seconds to draw it. */
export const MAX_DIAGRAM_CHARS = 20_000;
/** Characters of a drawing. */
export const MAX_DRAWING_CHARS = 2_000_000;

const FOLDER = "_assets/diagrams";
const encoder = new TextEncoder();

/** Whether a fenced block with this info string is drawn. */
export function isDiagram(language: string, text: string): boolean {
  return language === "mermaid" && text.length <= MAX_DIAGRAM_CHARS;
}

/** The project's file that holds the drawing of the block with this text. */
export function drawingOf(text: string): string {
  const hash = digest(encoder.encode(text.trimEnd()));
  const name = Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${FOLDER}/${name}.svg`;
}

/** The page that draws the block (reader/diagram). */
export function diagramPage(text: string): string {
  return `/reader/diagram/#${encodeURIComponent(text.toWellFormed())}`;
}

/** PUT /drawing: what was drawn of a block. */
export const Drawing = z.object({
  text: z.string().max(MAX_DIAGRAM_CHARS),
  svg: z
    .string()
    .max(MAX_DRAWING_CHARS)
    .regex(/^<svg [\s\S]*<\/svg>\s*$/, "a drawing is an <svg> element"),
});
export type Drawing = z.infer<typeof Drawing>;
