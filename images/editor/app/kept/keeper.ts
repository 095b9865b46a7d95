/** Keeps an open document in the browser. Loaded beside the editor, which doesn't wait for it. */
import type * as Y from "yjs";
import type { Greeting } from "../../../../shared/editor/sync.ts";
import type { SyncState } from "../connection.ts";
import type { openShared, SharedInput } from "../sync.ts";
import { Copy } from "./copy.ts";
import { deliverOwed } from "./deliver.ts";
import { leftNotice } from "./left.ts";
import { databaseOf } from "./person.ts";
import { MemoryShelf } from "./shelf.ts";

/** Without a database, what is typed outlives at least the document's replacement on the server, while the page lives. */
const memory = new MemoryShelf();

let isDelivering = false;

/** What the connection tells, and is told, of the copy. */
export interface Keeper {
  /** Of what was kept; null if that is nothing. */
  readonly lineage: string | null;
  /** Something of what was kept may not be on the server. */
  readonly hasUnsaved: boolean;
  /** All that was typed would survive the page. */
  isComplete(): boolean;
  greet(greeting: Greeting): void;
  hear(state: SyncState): void;
  close(): void;
}

/**
 * Loads what is kept of a document into it, and keeps what comes. Null if nothing can be kept.
 * @param origin of what is loaded
 * @param open how documents are opened that the person has left
 */
export async function keep(
  { projectId, path, user, onReplaced, onNotice }: SharedInput,
  doc: Y.Doc,
  origin: unknown,
  open: typeof openShared,
): Promise<Keeper | null> {
  if (!isDelivering) void deliverOwed(user, open);
  isDelivering = true;
  const shelf = (await databaseOf(user.userId)) ?? memory;
  const name = { user: user.userId, project: projectId, path };
  const copy = await Copy.open(shelf, name, doc, origin).catch(() => null);
  if (!copy) return null;
  let mayWrite = false;
  let isClosed = false;
  let isMoved = false;
  /** What is kept beside the open document has been looked after. */
  let isSettled = false;

  async function settle(copy: Copy): Promise<void> {
    isSettled = true;
    // It is opened anew where it is now, and another document may come to stand here.
    if (isMoved) return copy.dropIfSaved();
    const text = await copy.rescue(mayWrite);
    if (text !== null && !isClosed) onNotice(leftNotice(text, () => copy.discardLeft()));
  }

  return {
    lineage: copy.lineage,
    hasUnsaved: copy.hasUnsaved,
    isComplete: () => copy.isComplete,
    greet({ lineage, canWrite, path: now }) {
      mayWrite = canWrite;
      isMoved = now !== path;
      copy.greeted(lineage);
    },
    hear(state) {
      if (state === "saved") copy.acknowledge();
      if (state === "saved" && !isSettled) void settle(copy);
      if (state === "gone") copy.dropIfSaved();
      if (state === "replaced") void copy.end().then((isKept) => isKept && !isClosed && onReplaced());
    },
    close() {
      isClosed = true;
      copy.close();
    },
  };
}
