/**
 * The append-only journal of one document's updates: `<folder>/updates-<n>`. What was appended together is synced to
 * disk together (group commit). A long journal is replaced by its sum under the next number; the highest one counts.
 */
import { type FileHandle, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder, writeDurably } from "../files/durable.ts";
import { decodeRecords, encodeRecord } from "./record.ts";

/** A journal of this many bytes is summed up, if that makes it several times shorter. */
const COMPACT_BYTES = 1024 * 1024;
const COMPACT_FACTOR = 4;
/** When it is closed, so many bytes behind the sum are worth another one. */
const CLOSE_COMPACT_BYTES = 64 * 1024;

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
  /** With so many bytes it is summed up. */
  #compactAt: number;
  /** Bytes behind the sum. */
  #behind = 0;
  #waiting: Uint8Array[] = [];
  /** The batch that will take what waits, once #ready. */
  #next: Promise<void> | null = null;
  /** The batch that is being written, or was written last. Once one has failed, all after it do. */
  #last: Promise<void> = Promise.resolve();
  /** Resolves when the file can take another batch. */
  #ready: Promise<void> = Promise.resolve();

  private constructor(folder: string, sum: () => Uint8Array, number: number, file: FileHandle, bytes: number) {
    this.#folder = folder;
    this.#sum = sum;
    this.#number = number;
    this.#file = file;
    this.#bytes = bytes;
    this.#compactAt = Math.max(COMPACT_BYTES, COMPACT_FACTOR * bytes);
  }

  /** Opens the journal and hands its updates, oldest first, to `replay`. What a crash tore off is cut away. */
  static async open(folder: string, replay: (updates: Uint8Array[]) => void, sum: () => Uint8Array): Promise<Journal> {
    const numbers = (await readdir(folder)).flatMap((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN) || []);
    const number = Math.max(...numbers);
    for (const older of numbers) if (older !== number) await rm(join(folder, `updates-${older}`));
    const path = join(folder, `updates-${number}`);
    const bytes = await readFile(path);
    const { payloads, length } = decodeRecords(bytes);
    replay(payloads);
    const file = await open(path, "r+");
    if (length < bytes.length) {
      // Kept aside: if a disk went bad rather than a write being torn, somebody may want to look.
      await writeDurably(join(folder, "torn"), bytes.subarray(length), 0o600);
      await file.truncate(length);
      await file.sync();
    }
    const journal = new Journal(folder, sum, number, file, length);
    journal.#behind = length - (payloads[0]?.length ?? 0);
    return journal;
  }

  /** Takes an update over; `durable` tells when it is on disk. */
  append(update: Uint8Array): void {
    this.#waiting.push(encodeRecord(update));
    if (this.#next) return;
    this.#next = this.#ready.then(() => this.#begin());
    // Whoever needs to know waits on durable().
    this.#next.catch(() => undefined);
  }

  /**
   * Resolves when all that was appended so far is on disk; what comes later is not waited for, or a steady stream of updates
   * would let nobody know. Rejects if it can't be written: from then on nothing is.
   */
  durable(): Promise<void> {
    return this.#next ?? this.#last;
  }

  /** Sums up what is not short, so that the next one who opens it has one update to read rather than thousands. */
  async close(): Promise<void> {
    try {
      await this.durable();
      await this.#ready;
      if (this.#behind > CLOSE_COMPACT_BYTES) await this.#compact();
    } catch {
      // Whoever was told that something is durable was told before.
    } finally {
      await this.#file.close();
    }
  }

  #begin(): Promise<void> {
    const batch = Buffer.concat(this.#waiting.splice(0));
    this.#next = null;
    this.#last = this.#write(batch);
    this.#ready = this.#last.then(() => (this.#bytes < this.#compactAt ? undefined : this.#compact()));
    this.#ready.catch(() => undefined);
    return this.#last;
  }

  /** A full disk shows as a write that took less than it was given. */
  async #write(batch: Buffer): Promise<void> {
    for (let at = 0; at < batch.length; ) {
      at += (await this.#file.write(batch, at, batch.length - at, this.#bytes + at)).bytesWritten;
    }
    await this.#file.datasync();
    this.#bytes += batch.length;
    this.#behind += batch.length;
  }

  /** The sum may hold updates that still wait: written once more behind it, they change nothing. */
  async #compact(): Promise<void> {
    const path = join(this.#folder, `updates-${this.#number + 1}`);
    const record = encodeRecord(this.#sum());
    let file: FileHandle;
    try {
      await writeDurably(path, record, 0o600);
      file = await open(path, "r+");
    } catch (error) {
      console.error(`${path}: no sum can be written, so the long journal goes on:`, error);
      // The highest number counts: as long as this one might be there, nothing may be written into the other.
      await rm(path, { force: true });
      await syncFolder(this.#folder);
      this.#compactAt = this.#bytes + COMPACT_BYTES;
      return;
    }
    const old = this.#file;
    const oldPath = join(this.#folder, `updates-${this.#number}`);
    this.#file = file;
    this.#number++;
    this.#bytes = record.length;
    this.#behind = 0;
    this.#compactAt = Math.max(COMPACT_BYTES, COMPACT_FACTOR * record.length);
    await old.close();
    // If it stays, the next one who opens the journal removes it.
    await rm(oldPath).catch(() => undefined);
  }
}
