/**
 * What editor server and browser say to each other over the WebSocket of one open document (`/sync?path=…`). Each message
 * is a variable-length number that names its kind, then what the kind says. The server greets first.
 *
 * A Y.Doc's history has an identity, its lineage. Two lineages of one file must never be joined: the text would stand
 * there twice. A browser that comes back names the lineage it holds (`&lineage=…`), and is refused if it is another one.
 */
import * as z from "zod";
import { ProjectPath } from "../daemon/contract.ts";

export const MESSAGE = {
  /** Both ways: a message of y-protocols/sync. */
  sync: 0,
  /** Both ways: an update of y-protocols/awareness. Who it is stands in it as the server knows them. */
  awareness: 1,
  /** Server: how many of the connection's messages with changes are on disk by now (variable-length number). */
  saved: 2,
  /** Server, first of all: a Greeting in JSON. */
  greeting: 3,
  /** Server: CommentNews in JSON (comments.ts). */
  comments: 4,
} as const;

export const Greeting = z.object({
  lineage: z.uuid(),
  /** The document's own, which may have been moved since the browser came to know it. */
  path: ProjectPath,
  canWrite: z.boolean(),
  canRun: z.boolean(),
});
export type Greeting = z.infer<typeof Greeting>;

/** Why the server closed the socket. Below 4500 it makes no sense to come back without doing something about it. */
export const CLOSE = {
  badMessage: 4400,
  notFound: 4404,
  otherLineage: 4409,
  tooLarge: 4413,
  /** The document stands under another path now. Whoever comes back with its lineage is brought there, and greeted with the path. */
  moved: 4503,
  /** The server can't write to its disk: nothing is acknowledged, and what was not is sent again later. */
  cannotSave: 4500,
} as const;

/** Shared types of a document's Y.Doc. */
export const TEXT = "text";
export const RUNS = "runs";

/** UTF-8 bytes of a document that the editor opens. */
export const MAX_DOCUMENT_BYTES = 5 * 1024 * 1024;
/** Bytes of one message: a paste of a whole document, with room for what Yjs adds. */
export const MAX_MESSAGE_BYTES = 3 * MAX_DOCUMENT_BYTES;
