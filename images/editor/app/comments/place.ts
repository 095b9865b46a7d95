/** Where in the document a thread is. */
import type * as Y from "yjs";
import { type Passage, passageOf } from "../../../../shared/editor/anchor.ts";
import type { Thread } from "../../../../shared/editor/comments.ts";

/**
 * Its passage. If the passage's characters are gone, as after cut and paste or an undo, it is where its words stand, if they do
 * only once.
 */
export function placeOf(text: Y.Text, { anchor, quote }: Thread): Passage | null {
  const passage = passageOf(text, anchor);
  if (passage) return passage;
  const all = text.toString();
  const from = all.indexOf(quote);
  if (from === -1 || all.includes(quote, from + 1)) return null;
  return { from, to: from + quote.length };
}
