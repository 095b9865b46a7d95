/** What was typed without a connection in documents that nobody has opened since goes to the server as if they were open. */
import type { User } from "../api.ts";
import type { SyncState } from "../connection.ts";
import type { openShared } from "../sync.ts";
import { owed } from "./person.ts";
import type { DocumentName } from "./shelf.ts";

/** The document that the person has opened comes first, and is saved by then if it can be. */
const WAIT_MS = 5_000;
/** Longer than a document takes; without a connection, the next time will do. */
const GIVE_UP_MS = 60_000;
const OVER: readonly SyncState[] = ["saved", "gone", "replaced", "too_large", "refused"];

/** One after the other. Never rejects. */
export async function deliverOwed(user: User, open: typeof openShared): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  for (const name of await owed(user.userId)) await deliver(user, name, open);
}

function deliver(user: User, { project, path }: DocumentName, open: typeof openShared): Promise<void> {
  return new Promise((resolve) => {
    const shared = open({
      projectId: project,
      path,
      user,
      onState: (state) => OVER.includes(state) && end(),
      onGreeting: () => {},
      onReplaced: () => {},
      onNotice: () => {},
    });
    // Nobody is there.
    shared.awareness.setLocalState(null);
    const timer = setTimeout(end, GIVE_UP_MS);

    function end(): void {
      clearTimeout(timer);
      // Not in the midst of what is being said.
      queueMicrotask(() => {
        shared.close();
        resolve();
      });
    }
  });
}
