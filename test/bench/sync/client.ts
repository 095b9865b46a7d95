/**
 * A client that writes. Unless it is given one, its Y.Doc holds what it wrote itself and nothing else, so that a thousand of
 * them fit in one process; what comes from others is only looked at.
 */
import { WebSocket } from "ws";
import * as Y from "yjs";
import { TEXT } from "../../../shared/editor/sync.ts";
import type { Dialect, Door } from "./contender.ts";

const OPEN_MS = 60_000;
/** Hocuspocus closes a connection that says nothing for a minute. */
const STILL_HERE_MS = 20_000;

export interface Hearing {
  /** Takes the document's state, which answers the client's hello. */
  readonly onState?: (update: Uint8Array) => void;
  /** Takes each update of somebody's; it can come right behind the state. */
  readonly onUpdate?: (update: Uint8Array) => void;
  readonly doc?: Y.Doc;
}

export class Client {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  /** Called with each update of somebody's that arrives. */
  onUpdate: (update: Uint8Array) => void = () => undefined;
  /** Of its own updates, how many the server has acknowledged. */
  acknowledged = 0;
  /** The clock of its Y.Doc after each of its updates. */
  readonly clocks: number[] = [];
  #sent = 0;
  #received = 0;
  readonly #socket: WebSocket;
  readonly #dialect: Dialect;

  private constructor(socket: WebSocket, dialect: Dialect, doc: Y.Doc) {
    this.#socket = socket;
    this.#dialect = dialect;
    this.doc = doc;
    this.text = doc.getText(TEXT);
    const onEdit = (update: Uint8Array) => {
      this.clocks.push(Y.getState(doc.store, doc.clientID));
      const message = dialect.update(update);
      this.#sent += message.length;
      socket.send(message);
    };
    doc.on("update", onEdit);
    const { stillHere } = dialect;
    const speaking = setInterval(() => stillHere && this.isOpen && socket.send(stillHere), STILL_HERE_MS);
    socket.on("close", () => {
      doc.off("update", onEdit);
      clearInterval(speaking);
    });
  }

  /** Connects and waits until the server has told the document's state. */
  static open(
    { url, headers, dialect }: Door,
    { onState, onUpdate, doc = new Y.Doc() }: Hearing = {},
  ): Promise<Client> {
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    socket.binaryType = "nodebuffer";
    const client = new Client(socket, dialect, doc);
    if (onUpdate) client.onUpdate = onUpdate;
    socket.on("open", () => {
      for (const message of dialect.hello(Y.encodeStateVector(doc))) socket.send(message);
    });
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${url} did not answer`)), OPEN_MS);
      socket.on("error", () => undefined);
      socket.on("close", (code) => reject(new Error(`${url} closed with ${code}`)));
      socket.on("message", (data: Buffer) => {
        const heard = client.#take(data);
        if (!heard) return;
        clearTimeout(late);
        onState?.(heard);
        resolve(client);
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes of WebSocket messages that it sent and received. */
  get wireBytes(): number {
    return this.#sent + this.#received;
  }

  get acknowledges(): boolean {
    return this.#dialect.acknowledges;
  }

  /** Types in its own text, at the end unless told where. */
  type(text: string, at = this.text.length): void {
    this.text.insert(at, text);
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    this.#socket.terminate();
    return closed;
  }

  /** The document's state if that is what the message has. */
  #take(data: Buffer): Uint8Array | null {
    this.#received += data.length;
    const heard = this.#dialect.read(data);
    if (heard?.kind === "state") return heard.update;
    if (heard?.kind === "update") this.onUpdate(heard.update);
    if (heard?.kind === "saved") this.acknowledged = heard.total ?? this.acknowledged + 1;
    return null;
  }
}
