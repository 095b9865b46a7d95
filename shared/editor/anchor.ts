/** A passage of a document's shared text, named by two positions that move with the text (Yjs RelativePosition, base64). */
import { fromBase64, toBase64 } from "lib0/buffer";
import * as Y from "yjs";
import * as z from "zod";

/** At the passage's first character, and behind its last: what is typed before or after it stays outside. */
export const Anchor = z.object({ from: z.string().max(200), to: z.string().max(200) });
export type Anchor = z.infer<typeof Anchor>;

/** UTF-16 offsets. */
export interface Passage {
  readonly from: number;
  readonly to: number;
}

export function anchorOf(text: Y.Text, { from, to }: Passage): Anchor {
  return { from: positionAt(text, from, 0), to: positionAt(text, to, -1) };
}

/** Of the place that the passage fills: of what stands there now, should it have been replaced. */
export function anchorAround(text: Y.Text, { from, to }: Passage): Anchor {
  return { from: positionOf(text, from), to: positionAt(text, to, 0) };
}

/** A position that moves with the text: behind the character before it. */
export function positionOf(text: Y.Text, index: number): string {
  return positionAt(text, index, -1);
}

function positionAt(text: Y.Text, index: number, side: number): string {
  return toBase64(Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, side)));
}

/** Where the passage is now; null if it was deleted, or never was. */
export function passageOf(text: Y.Text, anchor: Anchor): Passage | null {
  const [from, to] = [offsetOf(text, anchor.from), offsetOf(text, anchor.to)];
  return from === null || to === null || from >= to ? null : { from, to };
}

/** Where one of an anchor's positions is now; null if it is nowhere in the text. */
export function offsetOf(text: Y.Text, encoded: string): number | null {
  if (!text.doc) return null;
  try {
    const position = Y.decodeRelativePosition(fromBase64(encoded));
    const found = Y.createAbsolutePositionFromRelativePosition(position, text.doc);
    return found?.type === text ? found.index : null;
  } catch {
    // Anchors stand where people's browsers can write, too.
    return null;
  }
}
