/** A person's terminal in a project's runtime, as a browser opens it. */
import { WebSocket } from "ws";
import { credentials, eventually, type PlatformPlace } from "./platform.ts";

export interface OpenTerminal {
  say(message: object): void;
  /** Resolves when the screen has shown it. */
  shows(text: RegExp): Promise<unknown>;
  close(): void;
}

export async function openTerminal(place: PlatformPlace, projectId: string, name: string): Promise<OpenTerminal> {
  const { url, token } = await credentials(place);
  const address = `${url.replace("http", "ws")}/api/projects/${projectId}/terminals/${name}?columns=90&rows=20`;
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}`, origin: url } });
  let shown = "";
  socket.on("message", (data) => {
    const message = JSON.parse(data.toString());
    if (message.type === "screen") shown = message.data;
    if (message.type === "output") shown += message.data;
  });
  return {
    say: (message) => socket.send(JSON.stringify(message)),
    shows: (text) => eventually(String(text), 10_000, async () => text.test(shown)),
    close: () => socket.close(),
  };
}
