/**
 * The append-only journal of one document's updates: `<folder>/updates-<n>`. What was appended together is synced to
 * disk together (group commit). A long journal is replaced by its sum under the next number; the highest one counts.
 */
import { type FileHandle, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../files/durable.ts";
import { decodeRecords, encodeRecord } from "./record.ts";

/** A journal of this many bytes is summed up, if that makes it several times shorter. */
const COMPACT_BYTES = 1024 * 1024;
const COMPACT_FACTOR = 4;

const NAME = /^updates-(\d+)$/;

/** Writes the first record of a new journal. */
export async function createJournal(folder: string, first: Uint8Array): Promise<void> {
  await writeDurably(join(folder, "updates-1"), encodeRecord(first), 0o600);
}

export class Journal {
  readonly #folder: string;
  /** The sum of all updates, asked for when the journal is long. */
  readonly #sum: () => Uint8Array;
  #number: number;
  #file: FileHandle;
  #bytes: number;
  /** Bytes after the last time that it was summed up. */
  #summed: number;
  #waiting: Uint8Array[] = [];
  #writing: Promise<void> | null = null;
  #failure: Error | null = null;

  private constructor(folder: string, sum: () => Uint8Array, number: number, file: FileHandle, bytes: number) {
    this.#folder = folder;
    this.#sum = sum;
    this.#number = number;
    this.#file = file;
    this.#bytes = bytes;
    this.#summed = bytes;
  }

  /** Opens the journal and hands its updates, oldest first, to `replay`. What a crash tore off is cut away. */
  static async open(folder: string, replay: (update: Uint8Array) => void, sum: () => Uint8Array): Promise<Journal> {
    const numbers = (await readdir(folder)).flatMap((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN) || []);
    const number = Math.max(...numbers);
    for (const older of numbers) if (older !== number) await rm(join(folder, `updates-${older}`));
    const path = join(folder, `updates-${number}`);
    const bytes = await readFile(path);
    const { payloads, length } = decodeRecords(bytes);
    for (const payload of payloads) replay(payload);
    const file = await open(path, "r+");
    if (length < bytes.length) {
      // Kept aside: if a disk went bad rather than a write being torn, somebody may want to look.
      await writeDurably(join(folder, "torn"), bytes.subarray(length), 0o600);
      await file.truncate(length);
      await file.sync();
    }
    return new Journal(folder, sum, number, file, length);
  }

  /** Takes an update over; `durable` tells when it is on disk. */
  append(update: Uint8Array): void {
    this.#waiting.push(encodeRecord(update));
    this.#writing ??= this.#writeAll();
    // Whoever needs to know waits on durable().
    this.#writing.catch(() => undefined);
  }

  /** Resolves when all that was appended is on disk. Rejects if it can't be written: from then on nothing is. */
  async durable(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        if (this.#failure) throw this.#failure;
        const batch = Buffer.concat(this.#waiting.splice(0));
        await this.#write(batch);
        await this.#file.datasync();
        this.#bytes += batch.length;
        if (this.#bytes > COMPACT_BYTES && this.#bytes > COMPACT_FACTOR * this.#summed) await this.#compact();
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw this.#failure;
    } finally {
      this.#writing = null;
    }
  }

  /** A full disk shows as a write that took less than it was given. */
  async #write(batch: Buffer): Promise<void> {
    for (let at = 0; at < batch.length; ) {
      at += (await this.#file.write(batch, at, batch.length - at, this.#bytes + at)).bytesWritten;
    }
  }

  /** The sum may hold updates that still wait: written once more behind it, they change nothing. */
  async #compact(): Promise<void> {
    const record = encodeRecord(this.#sum());
    const next = join(this.#folder, `updates-${this.#number + 1}`);
    await writeDurably(next, record, 0o600);
    const file = await open(next, "r+");
    const old = this.#file;
    this.#file = file;
    this.#number++;
    this.#bytes = record.length;
    this.#summed = record.length;
    await old.close();
    await rm(join(this.#folder, `updates-${this.#number - 1}`));
  }
}
