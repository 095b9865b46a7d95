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
const CHUNK_BYTES = 1024 * 1024;
/** inotify may miss a write between open and watch, and a restore replaces the writer: look again at least this often. */
const LOOK_AGAIN_MS = 500;

/**
 * Calls `take` with each batch, one at a time; what `take` has not returned from is read again after a restart.
 * Ends when `signal` aborts; throws if the log can't be read. `caughtUp` is called whenever all that is there was taken.
 */
export async function followLog(
  path: string,
  from: number,
  take: (batch: LogBatch) => void,
  signal: AbortSignal,
  caughtUp: () => void = () => {},
): Promise<void> {
  const file = await open(path, "r");
  const bell = new Bell(path, signal);
  try {
    const assembler = new LineAssembler();
    let position = from;
    const buffer = Buffer.alloc(CHUNK_BYTES);
    while (!signal.aborted) {
      const bytes = await readAt(file, buffer, position);
      // An entry is at most 8 KiB of text and its head: a chunk holds a whole one, or the last is still being written.
      const complete = buffer.subarray(0, bytes).lastIndexOf(NEWLINE) + 1;
      if (complete === 0) {
        caughtUp();
        await bell.wait();
        continue;
      }
      const lines = assembler.add(buffer.subarray(0, complete));
      position += complete;
      if (lines.length > 0) take({ lines, offset: position - assembler.pendingBytes });
    }
  } finally {
    bell.close();
    await file.close();
  }
}

/** Hands over what a log still holds behind `from`, once. For a container that writes no more. */
export async function drainLog(path: string, from: number, take: (batch: LogBatch) => void): Promise<void> {
  const stop = new AbortController();
  await followLog(path, from, take, stop.signal, () => stop.abort());
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
