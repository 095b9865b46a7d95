/**
 * How pages are asked for and sent: the protocol of CRIU's page server (criu/page-xfer.c), which `criu lazy-pages` speaks, and
 * which two hosts use among each other as well. A frame is a head of 32 bytes, in the byte order of x86 and ARM: a command of
 * 32 bits, 32 that are skipped, the number of pages, the address and the process as 64 bits each. Pages follow at once.
 */
import { PAGE_BYTES, type Range } from "./memory-source.ts";

export const HEAD_BYTES = 32;
/** CRIU asks for 4 MiB at most. */
export const MAX_PAGES = 1024;

const GET = 7;
const CLOSE = 0x1023;
const FORCE_CLOSE = 0x1024;
const PRESENT = 1 << 2;
/** What follows is there: "add, with flags". */
const PAGES = (PRESENT << 16) | 6;

/** What a reader of pages may say. */
export type Request = { readonly kind: "get"; readonly range: Range } | { readonly kind: "close" };

export const askFor = (range: Range): Buffer => head(GET, range);

/** In front of the pages themselves, as many as it says. */
export const announce = (range: Range): Buffer => head(PAGES, range);

/** The answer to `close`: all is well. */
export const closed = (): Buffer => Buffer.alloc(4);

function head(command: number, { process, address, pages }: Range): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt32LE(command, 0);
  bytes.writeBigUInt64LE(BigInt(pages), 8);
  bytes.writeBigUInt64LE(BigInt(address), 16);
  bytes.writeBigUInt64LE(BigInt(process), 24);
  return bytes;
}

/** Throws RangeError for pages that no process can have. */
function rangeIn(bytes: Buffer): Range {
  const [pages, address, process] = [8, 16, 24].map((at) => Number(bytes.readBigUInt64LE(at))) as [
    number,
    number,
    number,
  ];
  const isPossible =
    pages >= 1 &&
    pages <= MAX_PAGES &&
    address % PAGE_BYTES === 0 &&
    Number.isSafeInteger(address) &&
    process < 2 ** 31;
  if (!isPossible) throw new RangeError(`no process has ${pages} pages at ${address}`);
  return { process, address, pages };
}

/** Requests, from the bytes of a connection however they are cut. */
export class RequestReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Throws RangeError for what is no request. */
  add(chunk: Buffer): Request[] {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const requests: Request[] = [];
    let at = 0;
    for (; at + HEAD_BYTES <= bytes.length; at += HEAD_BYTES)
      requests.push(requestIn(bytes.subarray(at, at + HEAD_BYTES)));
    this.#rest = bytes.subarray(at);
    return requests;
  }
}

function requestIn(bytes: Buffer): Request {
  const command = bytes.readUInt32LE(0);
  if (command === CLOSE || command === FORCE_CLOSE) return { kind: "close" };
  if (command !== GET) throw new RangeError(`${command} is no request for pages`);
  return { kind: "get", range: rangeIn(bytes) };
}

/** Pages as they come in answer to requests, from the bytes of a connection however they are cut. */
export class AnswerReader {
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  #coming: { readonly bytes: Buffer; have: number } | null = null;
  readonly #place: (range: Range) => Buffer;
  readonly #deliver: () => void;

  /**
   * @param place says where the pages go that come next, with room for all of them; may throw RangeError
   * @param deliver called when they are there
   */
  constructor(place: (range: Range) => Buffer, deliver: () => void) {
    this.#place = place;
    this.#deliver = deliver;
  }

  /** Throws RangeError for what is no answer. */
  add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) at += this.#coming ? this.#addPages(chunk, at) : this.#addHead(chunk, at);
  }

  #addHead(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#head, this.#headBytes, at);
    this.#headBytes += copied;
    if (this.#headBytes < HEAD_BYTES) return copied;
    this.#headBytes = 0;
    if (this.#head.readInt32LE(0) !== PAGES) throw new RangeError("that is no answer with pages");
    const range = rangeIn(this.#head);
    this.#coming = { bytes: this.#place(range).subarray(0, range.pages * PAGE_BYTES), have: 0 };
    return copied;
  }

  #addPages(chunk: Buffer, at: number): number {
    if (!this.#coming) return 0;
    const { bytes, have } = this.#coming;
    const copied = chunk.copy(bytes, have, at);
    this.#coming.have += copied;
    if (this.#coming.have === bytes.length) {
      this.#coming = null;
      this.#deliver();
    }
    return copied;
  }
}
