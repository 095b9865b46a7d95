/** One browser's connection to one document (shared/editor/sync.ts). Every message from it is checked here. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { WebSocket } from "ws";
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import type { Actor } from "../../../../shared/daemon/actor.ts";
import type { CommentNews } from "../../../../shared/editor/comments.ts";
import type { Author } from "../../../../shared/editor/history.ts";
import { CLOSE, type Greeting, MAX_DOCUMENT_BYTES, MESSAGE } from "../../../../shared/editor/sync.ts";
import { may } from "../../../../shared/roles.ts";
import type { LiveDocument } from "../document/document.ts";
import { byPerson, type Origin } from "../history/by.ts";
import { Allowance } from "./allowance.ts";
import { signPresence, speakerOf } from "./presence.ts";

const PING_MS = 30_000;
/** A browser that takes nothing for so long that this much waits for it starts over. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** A document as large as the editor opens can be replaced by another such one in one step, and can't grow without end. */
const MAX_LIVE_CHARS = 2 * MAX_DOCUMENT_BYTES;

interface AwarenessChange {
  readonly added: number[];
  readonly updated: number[];
  readonly removed: number[];
}

export class Connection implements Origin {
  readonly by: Author;
  readonly isKeptElsewhere = true;
  readonly #socket: WebSocket;
  readonly #document: LiveDocument;
  readonly #actor: Actor;
  readonly #canWrite: boolean;
  /** The Yjs client that the browser is; it can't speak for another one. */
  #clientId: number | null = null;
  /** Whether the browser has asked for what it lacks, and got it. */
  #progress: "greeted" | "asked" | "answered" = "greeted";
  readonly #later: Uint8Array[] = [];
  readonly #allowance = new Allowance();
  #received = 0;
  #acknowledging = false;

  /** Serves the connection until either side closes it. */
  constructor(socket: WebSocket, document: LiveDocument, actor: Actor) {
    this.#socket = socket;
    this.#document = document;
    this.#actor = actor;
    this.by = byPerson(actor);
    this.#canWrite = may(actor.role, "write");

    const onChange = (update: Uint8Array, origins: ReadonlySet<unknown>) => {
      // Whoever gets back what it sent among what others sent takes no harm.
      if (origins.size !== 1 || !origins.has(this)) this.#show(messageOf(update));
    };
    const onAwareness = ({ added, updated, removed }: AwarenessChange) =>
      this.#sendAwareness([...added, ...updated, ...removed]);
    const onComments = (news: CommentNews) => this.#sendJson(MESSAGE.comments, news);
    const onEnd = (code: number) => socket.close(code);
    document.events.on("change", onChange).on("end", onEnd);
    document.awareness.on("update", onAwareness);
    document.comments.events.on("change", onComments);
    const pings = this.#keepAlive();

    socket.on("message", (data: Buffer) => {
      this.#throttle(data.length);
      this.#take(data);
    });
    socket.on("error", () => socket.terminate());
    socket.once("close", () => {
      clearInterval(pings);
      document.events.off("change", onChange).off("end", onEnd);
      document.awareness.off("update", onAwareness);
      document.comments.events.off("change", onComments);
      if (this.#clientId !== null) removeAwarenessStates(document.awareness, [this.#clientId], this);
    });
    this.#greet();
  }

  #greet(): void {
    const greeting: Greeting = {
      lineage: this.#document.lineage,
      path: this.#document.id.path,
      canWrite: this.#canWrite,
      canRun: may(this.#actor.role, "run"),
    };
    this.#sendJson(MESSAGE.greeting, greeting);
    this.#sendJson(MESSAGE.comments, this.#document.comments.all);
    this.#sendAwareness([...this.#document.awareness.getStates().keys()]);
  }

  /** What is not read waits at the browser. */
  #throttle(bytes: number): void {
    const waitMs = this.#allowance.take(bytes);
    if (waitMs === 0 || this.#socket.isPaused) return;
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), waitMs);
  }

  #take(data: Buffer): void {
    try {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      const kind = decoding.readVarUint(decoder);
      if (kind === MESSAGE.sync) this.#takeSync(decoder);
      else if (kind === MESSAGE.awareness) this.#takeAwareness(decoding.readVarUint8Array(decoder));
      else throw new Error(`no message of kind ${kind} comes from a browser`);
    } catch {
      this.#socket.close(CLOSE.badMessage);
    }
  }

  #takeSync(decoder: decoding.Decoder): void {
    const kind = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    switch (kind) {
      case messageYjsSyncStep1:
        this.#answer(payload);
        break;
      // The second step of the handshake carries edits just as an update does.
      case messageYjsSyncStep2:
      case messageYjsUpdate:
        if (this.#canWrite) this.#apply(payload);
        break;
      default:
        throw new Error(`no sync message of kind ${kind}`);
    }
  }

  /**
   * A browser that hears of a change before it has what the change builds on keeps it aside, and brings it to the next server,
   * which may never have seen either. So it hears of none before it has the document.
   */
  #show(message: Uint8Array): void {
    if (this.#progress === "answered") this.#sendMessage(message);
    else if (this.#progress === "asked") this.#later.push(message);
  }

  /** What the browser lacks, once it is on disk, and the question what we lack. */
  #answer(stateVector: Uint8Array): void {
    if (this.#progress === "greeted") this.#progress = "asked";
    const missing = this.#document.missing(stateVector);
    const own = Y.encodeStateVector(this.#document.doc);
    this.#document.durable().then(
      () => {
        this.#send(MESSAGE.sync, (encoder) => {
          encoding.writeVarUint(encoder, messageYjsSyncStep2);
          encoding.writeVarUint8Array(encoder, missing);
        });
        this.#send(MESSAGE.sync, (encoder) => {
          encoding.writeVarUint(encoder, messageYjsSyncStep1);
          encoding.writeVarUint8Array(encoder, own);
        });
        this.#progress = "answered";
        for (const message of this.#later.splice(0)) this.#sendMessage(message);
      },
      () => this.#socket.close(CLOSE.cannotSave),
    );
  }

  #apply(update: Uint8Array): void {
    if (this.#growsTooLarge(update)) {
      this.#socket.close(CLOSE.tooLarge);
      return;
    }
    Y.applyUpdate(this.#document.doc, update, this);
    const { store } = this.#document.doc;
    if (store.pendingStructs || store.pendingDs) {
      // It builds on changes that are not here. Nothing of it counts as saved, and nobody else waits for them.
      store.pendingStructs = null;
      store.pendingDs = null;
      throw new Error("the update has gaps");
    }
    this.#received++;
    void this.#acknowledge();
  }

  /** What has been applied can't be taken back, so it is weighed before. What the document has already weighs nothing. */
  #growsTooLarge(update: Uint8Array): boolean {
    const room = MAX_LIVE_CHARS - this.#document.text.length;
    return update.length > room && Y.diffUpdate(update, Y.encodeStateVector(this.#document.doc)).length > room;
  }

  async #acknowledge(): Promise<void> {
    if (this.#acknowledging) return;
    this.#acknowledging = true;
    try {
      for (let told = -1; told < this.#received; ) {
        const received = this.#received;
        await this.#document.durable();
        told = received;
        this.#send(MESSAGE.saved, (encoder) => encoding.writeVarUint(encoder, told));
      }
    } catch {
      this.#socket.close(CLOSE.cannotSave);
    } finally {
      this.#acknowledging = false;
    }
  }

  #takeAwareness(update: Uint8Array): void {
    const speaker = speakerOf(update);
    if (this.#clientId === null && speaker !== null && this.#mayBe(speaker)) this.#clientId = speaker;
    if (this.#clientId === null) return;
    const signed = signPresence(update, this.#clientId, this.#actor);
    if (signed) applyAwarenessUpdate(this.#document.awareness, signed, this);
  }

  /** A client that is here already can come once more only as the same person: a connection that broke may linger. */
  #mayBe(clientId: number): boolean {
    const present = this.#document.awareness.getStates().get(clientId);
    return present === undefined || present.user?.handle === this.#actor.handle;
  }

  #sendAwareness(clients: number[]): void {
    if (clients.length === 0) return;
    this.#send(MESSAGE.awareness, (encoder) =>
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.#document.awareness, clients)),
    );
  }

  #sendJson(kind: number, value: Greeting | CommentNews): void {
    this.#send(kind, (encoder) => encoding.writeVarString(encoder, JSON.stringify(value)));
  }

  #send(kind: number, write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    this.#sendMessage(encoding.toUint8Array(encoder));
  }

  #sendMessage(message: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(message);
  }

  /** A browser that vanished without closing must not be shown as present for ever. */
  #keepAlive(): NodeJS.Timeout {
    let heard = true;
    this.#socket.on("pong", () => {
      heard = true;
    });
    return setInterval(() => {
      if (!heard) this.#socket.terminate();
      heard = false;
      this.#socket.ping();
    }, PING_MS);
  }
}

/** An update goes to everybody in the same bytes. */
const messages = new WeakMap<Uint8Array, Uint8Array>();

function messageOf(update: Uint8Array): Uint8Array {
  const known = messages.get(update);
  if (known) return known;
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGE.sync);
  writeUpdate(encoder, update);
  const message = encoding.toUint8Array(encoder);
  messages.set(update, message);
  return message;
}
