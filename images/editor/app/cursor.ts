import * as Y from "yjs";

/** Offset of where somebody is in the text, as their presence says (y-codemirror.next); null if they are nowhere. */
export function cursorOf(state: { [field: string]: unknown } | undefined, text: Y.Text): number | null {
  const cursor: unknown = state?.cursor;
  if (!text.doc || typeof cursor !== "object" || cursor === null || !("head" in cursor) || !cursor.head) return null;
  const place = Y.createRelativePositionFromJSON(cursor.head);
  return Y.createAbsolutePositionFromRelativePosition(place, text.doc)?.index ?? null;
}
