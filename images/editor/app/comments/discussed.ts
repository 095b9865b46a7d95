/** What comments need to know of the document that is open. */
import type { EditorView } from "@codemirror/view";
import type * as Y from "yjs";
import { type Passage, passageOf } from "../../../../shared/editor/anchor.ts";
import type { Thread } from "../../../../shared/editor/comments.ts";
import type { Threads } from "./threads.ts";

export interface Discussed {
  readonly projectId: string;
  readonly path: string;
  readonly editor: EditorView;
  readonly text: Y.Text;
  readonly threads: Threads;
  /** Resolves when all that was typed here is on the server's disk. */
  saved(): Promise<void>;
}

/**
 * Where the thread's passage is. If its characters are gone, as after cut and paste or an undo, it is where its words stand, if
 * they do only once.
 */
export function placeOf(text: Y.Text, { anchor, quote }: Thread): Passage | null {
  const passage = passageOf(text, anchor);
  if (passage) return passage;
  const all = text.toString();
  const from = all.indexOf(quote);
  if (from === -1 || all.includes(quote, from + 1)) return null;
  return { from, to: from + quote.length };
}
