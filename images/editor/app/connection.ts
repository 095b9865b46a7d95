/** The connection of one open document to the editor server (shared/editor/sync.ts): it comes back by itself and sends nothing twice. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import type * as Y from "yjs";
import { CommentNews } from "../../../shared/editor/comments.ts";
import { CLOSE, Greeting, MESSAGE } from "../../../shared/editor/sync.ts";

const RETRY_MS = [250, 1_000, 2_000, 5_000];

/**
 * `saved` only after the server has said that the last edit is on its disk. `refused`: something was typed that this person
 * may not write any more.
 */
export type SyncState = "connecting" | "saving" | "saved" | "offline" | "gone" | "replaced" | "too_large" | "refused";

export class Connection {
  readonly awareness: Awareness;
  readonly #doc: Y.Doc;
  readonly #url: (lineage: string | null) => string;
  readonly #say: (state: SyncState) => void;
  readonly #greeted: (greeting: Greeting) => void;
  readonly #commented: (news: CommentNews) => void;
  #socket: WebSocket | null = null;
  #lineage: string | null = null;
  #synced = false;
  #canWrite = false;
  /** True once the server's question has been answered: before that, the answer carries every edit. */
  #answered = false;
  /** Messages with changes that this socket has sent, and how many of them the server has on disk. */
  #sent = 0;
  #saved = 0;
  #failures = 0;
  #retry = 0;
  #ended: "gone" | "replaced" | "too_large" | "closed" | null = null;
  /** True while something that was typed here is not on the server's disk. */
  #unsaved = false;
  /** The document was moved, and this connection is on its way to where it is. */
  #moving = false;
  #waiting: (() => void)[] = [];

  /**
   * @param url address of the socket for a document of the given lineage
   * @param say told each time the state may have changed
   * @param greeted told what the person may do, at each connection
   * @param commented told of the document's comments: of all of them at each connection, then of those that change
   */
  constructor(
    doc: Y.Doc,
    url: (lineage: string | null) => string,
    say: (state: SyncState) => void,
    greeted: (greeting: Greeting) => void,
    commented: (news: CommentNews) => void,
  ) {
    this.#doc = doc;
    this.#url = url;
    this.#say = say;
    this.#greeted = greeted;
    this.#commented = commented;
    this.awareness = new Awareness(doc);
    doc.on("update", this.#onUpdate);
    this.awareness.on("update", this.#onAwareness);
  }

  /**
   * Connects, and does so again whenever the connection is lost.
   * @param lineage of what the document holds already; null if it holds nothing
   * @param unsaved whether something of that may not be on the server
   */
  open(lineage: string | null = null, unsaved = false): void {
    this.#lineage = lineage;
    this.#unsaved ||= unsaved;
    this.#connect();
  }

  get unsaved(): boolean {
    return this.#unsaved;
  }

  /** The server has said that it makes no sense to come back. */
  get isOver(): boolean {
    return this.#ended !== null;
  }

  /** Resolves when all that was typed so far is on the server's disk; at once if it is. */
  saved(): Promise<void> {
    if (!this.#unsaved) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#ended = "closed";
    clearTimeout(this.#retry);
    this.#doc.off("update", this.#onUpdate);
    // Others see at once that this person has left.
    this.awareness.destroy();
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url(this.#lineage));
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#sent = 0;
    this.#saved = 0;
    socket.addEventListener("message", ({ data }) => this.#take(new Uint8Array(data)));
    socket.addEventListener("close", ({ code }) => this.#onClose(socket, code));
    this.#tell();
  }

  #onClose(socket: WebSocket, code: number): void {
    if (this.#socket !== socket || this.#ended) return;
    this.#socket = null;
    // What is typed from now on has not been sent.
    this.#synced = false;
    this.#answered = false;
    removeAwarenessStates(
      this.awareness,
      [...this.awareness.getStates().keys()].filter((id) => id !== this.#doc.clientID),
      this,
    );
    if (code === CLOSE.notFound) this.#ended = "gone";
    if (code === CLOSE.otherLineage) this.#ended = "replaced";
    if (code === CLOSE.tooLarge) this.#ended = "too_large";
    this.#moving = code === CLOSE.moved;
    this.#tell();
    if (this.#ended) return;
    const wait = this.#moving ? 0 : RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    if (!this.#moving) this.#failures++;
    this.#retry = window.setTimeout(() => this.#connect(), wait);
  }

  #take(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    switch (decoding.readVarUint(decoder)) {
      case MESSAGE.greeting:
        this.#onGreeting(Greeting.parse(JSON.parse(decoding.readVarString(decoder))));
        break;
      case MESSAGE.sync:
        this.#onSync(decoder);
        break;
      case MESSAGE.awareness:
        applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
        break;
      case MESSAGE.comments:
        this.#commented(CommentNews.parse(JSON.parse(decoding.readVarString(decoder))));
        break;
      case MESSAGE.saved:
        this.#saved = decoding.readVarUint(decoder);
        break;
    }
    this.#tell();
  }

  #onGreeting(greeting: Greeting): void {
    this.#lineage = greeting.lineage;
    this.#canWrite = greeting.canWrite;
    this.#failures = 0;
    this.#greeted(greeting);
    this.#send(MESSAGE.sync, (encoder) => syncProtocol.writeSyncStep1(encoder, this.#doc));
    this.#sendAwareness([this.#doc.clientID]);
  }

  #onSync(decoder: decoding.Decoder): void {
    const answer = encoding.createEncoder();
    encoding.writeVarUint(answer, MESSAGE.sync);
    const empty = encoding.length(answer);
    const type = syncProtocol.readSyncMessage(decoder, answer, this.#doc, this);
    // Only the server's question (step 1) is answered, and the answer (step 2) carries what it does not have yet.
    if (encoding.length(answer) > empty && this.#canWrite) {
      this.#answered = true;
      this.#sent++;
      this.#socket?.send(encoding.toUint8Array(answer));
    }
    if (type === syncProtocol.messageYjsSyncStep2) this.#synced = true;
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.#unsaved = true;
    if (this.#answered) {
      if (this.#send(MESSAGE.sync, (encoder) => syncProtocol.writeUpdate(encoder, update))) this.#sent++;
      // The socket is closing, and nobody has said so yet: the next one's answer carries it.
      else this.#answered = false;
    }
    this.#tell();
  };

  readonly #onAwareness = (_changes: unknown, origin: unknown): void => {
    // Nobody speaks for anyone else.
    if (origin !== this) this.#sendAwareness([this.#doc.clientID]);
  };

  #sendAwareness(clients: number[]): void {
    this.#send(MESSAGE.awareness, (encoder) =>
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, clients)),
    );
  }

  /** False while there is no connection: the handshake of the next one carries what was missed. */
  #send(kind: number, write: (encoder: encoding.Encoder) => void): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN || this.#lineage === null) return false;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    this.#socket.send(encoding.toUint8Array(encoder));
    return true;
  }

  #tell(): void {
    // What was typed without a connection counts as saved only with the answer that carries it.
    const isUpToDate = this.#synced && (this.#answered || !this.#canWrite);
    const isRefused = this.#unsaved && this.#synced && !this.#canWrite;
    if (isUpToDate && this.#sent === this.#saved && !isRefused) {
      this.#unsaved = false;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
    if (this.#ended !== null && this.#ended !== "closed") this.#say(this.#ended);
    else if (!this.#socket || (this.#failures > 0 && !this.#synced))
      this.#say(this.#lineage === null || this.#moving ? "connecting" : "offline");
    else if (isRefused) this.#say("refused");
    else if (!isUpToDate) this.#say("connecting");
    else this.#say(this.#sent > this.#saved ? "saving" : "saved");
  }
}
