/** One document, the same for everyone who has it open. */
import { HocuspocusProvider } from "@hocuspocus/provider";
import * as Y from "yjs";
import type { User } from "./api.ts";

/** `saved` only after the server has said that the last edit is on its disk. */
export type SyncState = "connecting" | "saving" | "saved" | "offline" | "refused";

/** Distinct on light and dark ground. */
const COLORS = ["#d9480f", "#2b8a3e", "#1971c2", "#9c36b5", "#c2255c", "#0b7285", "#846a00", "#5f3dc4"];

export interface SharedDocument {
  readonly text: Y.Text;
  readonly provider: HocuspocusProvider;
  close(): void;
}

export function openShared(
  projectId: string,
  path: string,
  user: User,
  say: (state: SyncState) => void,
): SharedDocument {
  const document = new Y.Doc();
  const url = new URL(`/api/projects/${projectId}/editor/sync`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const provider = new HocuspocusProvider({ url: url.href, name: path, document });
  const color =
    COLORS[[...user.handle].reduce((sum, char) => sum + char.charCodeAt(0), 0) % COLORS.length] ?? "#1971c2";
  provider.setAwarenessField("user", { name: user.name, handle: user.handle, color, colorLight: `${color}33` });

  let isOnline = false;
  let isRefused = false;
  const tell = () => {
    if (isRefused) say("refused");
    else if (!isOnline) say(provider.isSynced || provider.hasUnsyncedChanges ? "offline" : "connecting");
    else if (!provider.isSynced) say("connecting");
    else say(provider.hasUnsyncedChanges ? "saving" : "saved");
  };
  provider.on("status", ({ status }: { status: string }) => {
    isOnline = status === "connected";
    tell();
  });
  provider.on("synced", tell);
  provider.on("unsyncedChanges", tell);
  provider.on("authenticationFailed", () => {
    isRefused = true;
    tell();
  });
  return {
    text: document.getText("content"),
    provider,
    close() {
      provider.destroy();
      document.destroy();
    },
  };
}
