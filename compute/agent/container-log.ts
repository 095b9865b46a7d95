/**
 * Follows a container's log as conmon writes it (k8s-file: `<time> <stream> <P|F> <text>`), from a byte offset.
 * The log is the durable copy of what the supervisor said: it is outside the checkpoint and outlives the daemon.
 */
import { type FSWatcher, watch } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

export interface LogBatch {
  /** Complete lines of the container's stdout, in order. */
  readonly lines: string[];
  /** Bytes of the log that these lines end at: where to go on after a restart. */
  readonly offset: number;
}

const NEWLINE = 0x0a;
/** A time stamp with nanoseconds and zone, the stream and the mark. */
const HEAD_BYTES = 64;
const CHUNK_BYTES = 256 * 1024;
/** inotify may miss a write between open and watch, and a restore replaces the writer: look again at least this often. */
const LOOK_AGAIN_MS = 500;

/**
 * The bytes of a log from `from` on, as they are written; ends when `following` aborts, without it at the end of the file.
 * Throws if the log can't be read.
 */
export async function* readLog(path: string, from: number, following: AbortSignal | null): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  const bell = following ? new Bell(path, following) : null;
  try {
    for (let position = from; !following?.aborted; ) {
      const buffer = Buffer.alloc(CHUNK_BYTES);
      const bytes = await readAt(file, buffer, position);
      position += bytes;
      if (bytes > 0) yield buffer.subarray(0, bytes);
      else if (bell) await bell.wait();
      else return;
    }
  } finally {
    bell?.close();
    await file.close();
  }
}

/** The lines of a log of which the bytes from `from` on come in pieces. What comes after the last whole entry is left out. */
export async function* linesOf(bytes: AsyncIterable<Buffer>, from: number): AsyncGenerator<LogBatch> {
  const assembler = new LineAssembler();
  let position = from;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const held = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const complete = held.lastIndexOf(NEWLINE) + 1;
    const lines = assembler.add(held.subarray(0, complete));
    rest = held.subarray(complete);
    position += complete;
    if (lines.length > 0) yield { lines, offset: position - assembler.pendingBytes };
  }
}

async function readAt(file: FileHandle, buffer: Buffer, position: number): Promise<number> {
  return (await file.read(buffer, 0, buffer.length, position)).bytesRead;
}

/**
 * Puts log entries together to lines of output: entries marked `P` go on in the next entry. They are joined as bytes,
 * because conmon cuts where its buffer ends, in the middle of a character if need be.
 */
export class LineAssembler {
  #parts: Buffer[] = [];
  /** Bytes of the log since the last complete line. */
  pendingBytes = 0;

  /** @param chunk whole log entries */
  add(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(NEWLINE, start);
      const entry = chunk.subarray(start, end);
      this.pendingBytes += end + 1 - start;
      start = end + 1;
      const head = /^\S+ (stdout|stderr) ([PF])/.exec(entry.toString("latin1", 0, HEAD_BYTES));
      if (head?.[1] !== "stdout") {
        // What the supervisor writes to stderr is for the operator: it stays in the log.
        if (this.#parts.length === 0) this.pendingBytes = 0;
        continue;
      }
      this.#parts.push(Buffer.from(entry.subarray(head[0].length + 1)));
      if (head[2] === "P") continue;
      lines.push(Buffer.concat(this.#parts).toString("utf8"));
      this.#parts = [];
      this.pendingBytes = 0;
    }
    return lines;
  }
}

/** Rings when the log grows. */
class Bell {
  readonly #watcher: FSWatcher;
  #rung = false;
  #wake: () => void = () => {};

  constructor(path: string, signal: AbortSignal) {
    const ring = () => {
      this.#rung = true;
      this.#wake();
    };
    this.#watcher = watch(path, ring);
    this.#watcher.on("error", () => {});
    signal.addEventListener("abort", ring, { once: true });
  }

  /** Resolves at the next write, or after a while without one. */
  async wait(): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
  }

  close(): void {
    this.#watcher.close();
  }
}
