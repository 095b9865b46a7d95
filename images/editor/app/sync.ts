/** One document, the same for everyone who has it open. */
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { type Greeting, RUNS, TEXT } from "../../../shared/editor/sync.ts";
import type { User } from "./api.ts";
import { Threads } from "./comments/threads.ts";
import { Connection, type SyncState } from "./connection.ts";
import type { Keeper } from "./kept/keeper.ts";

// It is there before the platform has said what the project is. Where it can't be loaded, nothing is kept.
const keeping = import("./kept/keeper.ts").catch(() => null);

/** Distinct on light and dark ground, with white letters on them. */
const COLORS = ["#d9480f", "#2b8a3e", "#1971c2", "#9c36b5", "#c2255c", "#0b7285", "#846a00", "#5f3dc4"];

export interface SharedDocument {
  readonly text: Y.Text;
  readonly runs: Y.Map<unknown>;
  readonly awareness: Awareness;
  readonly threads: Threads;
  /** True while something that was typed here is lost with the page: it is neither on the server's disk nor kept in the browser. */
  unsaved(): boolean;
  /** Resolves when all that was typed here is on the server's disk. */
  saved(): Promise<void>;
  close(): void;
}

export interface SharedInput {
  readonly projectId: string;
  readonly path: string;
  readonly user: User;
  readonly onState: (state: SyncState) => void;
  /** Each time that the server says what the person may do. */
  readonly onGreeting: (greeting: Greeting) => void;
  /** The server has another document in this one's place. Opened anew, it gets what was typed here and not saved. */
  readonly onReplaced: () => void;
  /** The person has to be shown something that was typed here before. */
  readonly onNotice: (notice: HTMLElement) => void;
}

export function openShared(input: SharedInput): SharedDocument {
  const { projectId, path, user } = input;
  const document = new Y.Doc();
  const address = (lineage: string | null) => {
    const url = new URL(`/api/projects/${projectId}/editor/sync`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("path", path);
    if (lineage !== null) url.searchParams.set("lineage", lineage);
    return url.href;
  };
  let keeper: Keeper | null = null;
  let isClosed = false;

  function end(): void {
    keeper?.close();
    connection.close();
    document.destroy();
  }

  const threads = new Threads();
  const connection = new Connection(
    document,
    address,
    (state) => {
      keeper?.hear(state);
      input.onState(state);
    },
    (greeting) => {
      keeper?.greet(greeting);
      input.onGreeting(greeting);
    },
    (news) => threads.take(news),
  );
  const color =
    COLORS[[...user.handle].reduce((sum, char) => sum + char.charCodeAt(0), 0) % COLORS.length] ?? "#1971c2";
  connection.awareness.setLocalStateField("user", {
    name: user.name,
    handle: user.handle,
    color,
    colorLight: `${color}33`,
  });
  keeping
    .then((loaded) => loaded?.keep(input, document, connection, openShared) ?? null)
    .then((kept) => {
      if (isClosed && !connection.unsaved) return kept?.close();
      keeper = kept;
      connection.open(kept?.lineage, kept?.hasUnsaved);
    });
  return {
    text: document.getText(TEXT),
    runs: document.getMap(RUNS),
    awareness: connection.awareness,
    threads,
    unsaved: () => connection.unsaved && !keeper?.isComplete(),
    saved: () => connection.saved(),
    close() {
      isClosed = true;
      // Others see at once that this person has left. What they typed is still on its way.
      connection.awareness.setLocalState(null);
      if (connection.unsaved && !connection.isOver) connection.saved().then(end);
      else end();
    },
  };
}
