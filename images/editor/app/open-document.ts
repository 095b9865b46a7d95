/** The open document, for what is loaded later and stands beside it: comments, history, variables. */
import type { EditorView } from "@codemirror/view";
import type * as Y from "yjs";
import type { Threads } from "./comments/threads.ts";

export interface OpenDocument {
  readonly projectId: string;
  readonly path: string;
  readonly editor: EditorView;
  readonly text: Y.Text;
  readonly runs: Y.Map<unknown>;
  readonly threads: Threads;
  /** Resolves when all that was typed here is on the server's disk. */
  saved(): Promise<void>;
}
