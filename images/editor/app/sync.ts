/** One document, the same for everyone who has it open. */
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { type Greeting, RUNS, TEXT } from "../../../shared/editor/sync.ts";
import type { User } from "./api.ts";
import { Threads } from "./comments/threads.ts";
import { Connection, type SyncState } from "./connection.ts";

/** Distinct on light and dark ground, with white letters on them. */
const COLORS = ["#d9480f", "#2b8a3e", "#1971c2", "#9c36b5", "#c2255c", "#0b7285", "#846a00", "#5f3dc4"];

export interface SharedDocument {
  readonly text: Y.Text;
  readonly runs: Y.Map<unknown>;
  readonly awareness: Awareness;
  readonly threads: Threads;
  /** True while something that was typed here is not on the server's disk. */
  unsaved(): boolean;
  /** Resolves when it is. */
  saved(): Promise<void>;
  close(): void;
}

export function openShared(
  projectId: string,
  path: string,
  user: User,
  say: (state: SyncState) => void,
  greeted: (greeting: Greeting) => void,
): SharedDocument {
  const document = new Y.Doc();
  const address = (lineage: string | null) => {
    const url = new URL(`/api/projects/${projectId}/editor/sync`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("path", path);
    if (lineage !== null) url.searchParams.set("lineage", lineage);
    return url.href;
  };
  const threads = new Threads();
  const connection = new Connection(document, address, say, greeted, (news) => threads.take(news));
  const color =
    COLORS[[...user.handle].reduce((sum, char) => sum + char.charCodeAt(0), 0) % COLORS.length] ?? "#1971c2";
  connection.awareness.setLocalStateField("user", {
    name: user.name,
    handle: user.handle,
    color,
    colorLight: `${color}33`,
  });
  return {
    text: document.getText(TEXT),
    runs: document.getMap(RUNS),
    awareness: connection.awareness,
    threads,
    unsaved: () => connection.unsaved,
    saved: () => connection.saved(),
    close() {
      connection.close();
      document.destroy();
    },
  };
}
