/** The editor server's end of a document's sockets, in the test: it takes every change and says that it is saved. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { WebSocketRoute } from "playwright-core";
import { messageYjsSyncStep1, readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import type { CommentNews } from "../../../shared/editor/comments.ts";
import { CLOSE, MESSAGE, TEXT } from "../../../shared/editor/sync.ts";
import { may, type Role } from "../../../shared/roles.ts";

export class Wire {
  readonly doc = new Y.Doc();
  readonly #sockets = new Set<WebSocketRoute>();
  readonly #role: Role;
  #movedTo: string | null = null;

  /** @param role of everybody who connects */
  constructor(text: string, role: Role) {
    this.#role = role;
    this.doc.getText(TEXT).insert(0, text);
  }

  get text(): string {
    return this.doc.getText(TEXT).toString();
  }

  /** Tells everybody of comments. */
  tell(news: CommentNews): void {
    const write = (encoder: encoding.Encoder) => encoding.writeVarString(encoder, JSON.stringify(news));
    for (const socket of this.#sockets) socket.send(messageOf(MESSAGE.comments, write));
  }

  /** The document stands under another path from now on: whoever has it open comes back for it. */
  async moveTo(path: string): Promise<void> {
    this.#movedTo = path;
    const sockets = [...this.#sockets];
    this.#sockets.clear();
    await Promise.all(sockets.map((socket) => socket.close({ code: CLOSE.moved })));
  }

  connect(socket: WebSocketRoute): void {
    const send = (kind: number, write: (encoder: encoding.Encoder) => void) => socket.send(messageOf(kind, write));
    const path = this.#movedTo ?? new URL(socket.url()).searchParams.get("path") ?? "";
    const rights = { canWrite: may(this.#role, "write"), canRun: may(this.#role, "run") };
    const greeting = JSON.stringify({ lineage: "3b241101-e2bb-4255-8caf-4136c566a962", path, ...rights });
    send(MESSAGE.greeting, (encoder) => encoding.writeVarString(encoder, greeting));
    send(MESSAGE.sync, (encoder) => writeSyncStep1(encoder, this.doc));
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== socket) send(MESSAGE.sync, (encoder) => writeUpdate(encoder, update));
    });
    this.#sockets.add(socket);
    let saved = 0;
    socket.onMessage((message) => {
      const decoder = decoding.createDecoder(new Uint8Array(Buffer.from(message)));
      if (decoding.readVarUint(decoder) !== MESSAGE.sync) {
        // Who is where is for everybody else.
        for (const other of this.#sockets) if (other !== socket) other.send(message);
        return;
      }
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, MESSAGE.sync);
      if (readSyncMessage(decoder, answer, this.doc, socket) === messageYjsSyncStep1)
        return socket.send(Buffer.from(encoding.toUint8Array(answer)));
      saved++;
      send(MESSAGE.saved, (encoder) => encoding.writeVarUint(encoder, saved));
    });
  }
}

function messageOf(kind: number, write: (encoder: encoding.Encoder) => void): Buffer {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kind);
  write(encoder);
  return Buffer.from(encoding.toUint8Array(encoder));
}
