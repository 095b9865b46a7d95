/** The connections to the host that memory is fetched from: one for what is waited for, some for what is read ahead. */
import { once } from "node:events";
import type { OnReadOpts } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { AnswerReader, askFor } from "./framing.ts";
import type { Range } from "./memory-source.ts";
import { onlyWith } from "./shared-key.ts";

/** More than one, because EC2 gives a single one only a part of a machine's bandwidth. */
const READ_AHEAD_CONNECTIONS = 2;
const CONNECT_MS = 10_000;
const READ_BYTES = 64 * 1024;
/** A host that says nothing for so long while it is waited for is lost. */
const SILENT_MS = 20_000;

export type Urgency = "waited for" | "read ahead";

/** Puts a range's bytes into a buffer that has room for them. Rejects if the source is lost. */
export type Fetch = (range: Range, into: Buffer, urgency: Urgency) => Promise<void>;

export class SourceLink {
  readonly #urgent: Connection;
  readonly #others: readonly Connection[];

  /** Rejects when one of the connections is lost: then some of the memory can't be had any more. */
  readonly lost: Promise<never>;

  private constructor(urgent: Connection, others: readonly Connection[]) {
    this.#urgent = urgent;
    this.#others = others;
    this.lost = Promise.race([urgent, ...others].map(({ lost }) => lost));
    this.lost.catch(() => {});
  }

  /** Throws if the source is not there, or has another key. */
  static async open(address: string, port: number, key: string): Promise<SourceLink> {
    const open = () => Connection.open(address, port, key);
    const [urgent, ...others] = [open(), ...Array.from({ length: READ_AHEAD_CONNECTIONS }, open)] as const;
    try {
      return new SourceLink(await urgent, await Promise.all(others));
    } catch (error) {
      for (const one of [urgent, ...others])
        one.then(
          (connection) => connection.close(),
          () => {},
        );
      throw error;
    }
  }

  fetch: Fetch = (range, into, urgency) => {
    if (urgency === "waited for") return this.#urgent.fetch(range, into);
    return this.#others.reduce((a, b) => (b.pagesWaitedFor < a.pagesWaitedFor ? b : a)).fetch(range, into);
  };

  close(): void {
    for (const connection of [this.#urgent, ...this.#others]) connection.close();
  }
}

interface Waiting {
  readonly range: Range;
  readonly into: Buffer;
  resolve(): void;
  reject(error: Error): void;
}

/** Several requests may be under way on it; they are answered in turn. */
class Connection {
  readonly #socket: TLSSocket;
  readonly #waiting: Waiting[] = [];
  #lose: (why: Error) => void = () => {};
  #failure: Error | null = null;
  readonly lost = new Promise<never>((_resolve, reject) => {
    this.#lose = reject;
  });
  pagesWaitedFor = 0;

  static async open(address: string, port: number, key: string): Promise<Connection> {
    const connection = new Connection(address, port, key);
    const socket = connection.#socket;
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(CONNECT_MS) }).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    return connection;
  }

  private constructor(address: string, port: number, key: string) {
    this.lost.catch(() => {});
    const answers = new AnswerReader(
      (range) => this.#place(range),
      () => this.#delivered(),
    );
    // Into one buffer: without, Node makes one of each record of TLS, and collects them for as long as it reads them.
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (bytes: number, buffer: Uint8Array) => {
        try {
          answers.add(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
          return true;
        } catch (error) {
          socket.destroy(error instanceof Error ? error : new Error(String(error)));
          return false;
        }
      },
    };
    // The certificate is the key's own, whatever the name in it.
    const options = { ...onlyWith(key), host: address, port, checkServerIdentity: () => undefined, onread };
    const socket = connect(options);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", (error) => {
      this.#failure ??= error;
    });
    socket.setTimeout(SILENT_MS, () => {
      if (this.#waiting.length > 0) socket.destroy(new Error("the other host has not answered"));
    });
    socket.on("close", () => {
      this.#failure ??= new Error("the other host has hung up");
      this.#lose(this.#failure);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    });
  }

  fetch(range: Range, into: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.pagesWaitedFor += range.pages;
      this.#waiting.push({ range, into, resolve, reject });
      this.#socket.write(askFor(range));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #place({ process, address, pages }: Range): Buffer {
    const [next] = this.#waiting;
    const isAnswer = next?.range.process === process && next.range.address === address && next.range.pages === pages;
    if (!isAnswer) throw new RangeError("the other host has answered what was not asked");
    return next.into;
  }

  #delivered(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.pagesWaitedFor -= next.range.pages;
    next.resolve();
  }
}
