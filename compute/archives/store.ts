/** Where archives lie that have left the base server's disk. */
import type { Readable } from "node:stream";

/** Of an upload. Parts are numbered from 1; all but the last have `PART_BYTES`. */
export interface Part {
  readonly number: number;
  /** What the store calls it. */
  readonly etag: string;
}

/** S3 takes at most 10,000 parts of an object, so an archive may have 156 GiB. Each is held in memory while it is sent. */
export const PART_BYTES = 16 * 1024 * 1024;

/** Every call throws Fault("unavailable") if the store does not answer or refuses. Names are those of this installation alone. */
export interface ArchiveStore {
  /** Begins an upload and returns its id. Nothing is seen of the object before `complete`. */
  begin(name: string): Promise<string>;
  put(name: string, upload: string, number: number, content: Buffer, signal: AbortSignal): Promise<Part>;
  complete(name: string, upload: string, parts: readonly Part[]): Promise<void>;
  /** Gives an upload up, with what it has sent. One that has ended already is fine. */
  abort(name: string, upload: string): Promise<void>;
  /** Throws Fault("not_found"). */
  read(name: string): Promise<Readable>;
  /** One that is not there is fine. */
  remove(name: string): Promise<void>;
  /** All that are there, and uploads that were begun and have not ended, with when that was. */
  list(): Promise<{ readonly name: string; readonly ms: number; readonly upload: string | null }[]>;
}
