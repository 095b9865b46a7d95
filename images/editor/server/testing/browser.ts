/** A browser for tests: one Y.Doc kept in step with an editor server, as the app does it. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { CommentNews, type Thread, withNews } from "../../../../shared/editor/comments.ts";
import { Greeting, MESSAGE, TEXT } from "../../../../shared/editor/sync.ts";

/** What it needs of a WebSocket. */
export type Socket = Pick<WebSocket, "on" | "send" | "terminate" | "readyState">;

export class Browser {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  /** How many messages with changes the server has on disk. */
  saved = 0;
  sent = 0;
  closedWith: number | null = null;
  greeting: Greeting | null = null;
  threads: readonly Thread[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket, doc = new Y.Doc()) {
    this.doc = doc;
    this.text = doc.getText(TEXT);
    this.#socket = socket;
    this.#socket.on("message", (data: Buffer) => this.#take(new Uint8Array(data)));
    this.#socket.on("close", (code) => {
      this.closedWith = code;
      this.#bell();
    });
    this.#socket.on("error", () => undefined);
    const onUpdate = (update: Uint8Array, origin: unknown) => {
      // Before the server's question was answered, the answer carries every edit.
      if (origin !== this && this.sent > 0) this.send(messageYjsUpdate, update);
      this.#bell();
    };
    doc.on("update", onUpdate);
    this.#socket.on("close", () => doc.off("update", onUpdate));
  }

  /** Sends a sync message as it is, also one that an honest client would not send. */
  send(kind: number, payload: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE.sync);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, payload);
    if (kind !== messageYjsSyncStep1) this.sent++;
    this.#socket.send(encoding.toUint8Array(encoder));
  }

  /** Resolves once `met` holds; it is asked whenever something arrives. */
  async until(met: () => boolean): Promise<void> {
    while (!met()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async synced(): Promise<this> {
    await this.until(() => this.closedWith !== null || (this.sent > 0 && this.saved === this.sent) || this.#readOnly);
    return this;
  }

  get #readOnly(): boolean {
    return this.greeting?.canWrite === false && this.text.length > 0;
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(data: Uint8Array): void {
    const decoder = decoding.createDecoder(data);
    const kind = decoding.readVarUint(decoder);
    if (kind === MESSAGE.greeting) {
      this.greeting = Greeting.parse(JSON.parse(decoding.readVarString(decoder)));
      this.send(messageYjsSyncStep1, Y.encodeStateVector(this.doc));
    } else if (kind === MESSAGE.comments)
      this.threads = withNews(this.threads, CommentNews.parse(JSON.parse(decoding.readVarString(decoder))));
    else if (kind === MESSAGE.saved) this.saved = decoding.readVarUint(decoder);
    else if (kind === MESSAGE.sync) {
      const sync = decoding.readVarUint(decoder);
      const payload = decoding.readVarUint8Array(decoder);
      if (sync === messageYjsSyncStep1) this.send(messageYjsSyncStep2, Y.encodeStateAsUpdate(this.doc, payload));
      else Y.applyUpdate(this.doc, payload, this);
    }
    this.#bell();
  }

  #bell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
