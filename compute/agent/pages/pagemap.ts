/**
 * Reads which pages of a process CRIU has written, and which it has left to be fetched: `pagemap-PID.img`, two magic numbers and
 * then messages of protobuf (criu's images/pagemap.proto), each behind its length in 32 bits. The first names the file of pages.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { endOf, PAGE_BYTES, type Range } from "./memory-source.ts";

const MAGIC = [0x54564319, 0x56084025];
const PARENT = 1 << 0;
const LAZY = 1 << 1;
const PRESENT = 1 << 2;

interface Entry extends Range {
  /** May be fetched by a process that runs already. */
  readonly isLazy: boolean;
  /** Is in the file of pages. */
  readonly isPresent: boolean;
}

export interface Pagemap {
  /** The pages are in `pages-ID.img`. */
  readonly pagesId: number;
  /** By address. */
  readonly entries: readonly Entry[];
}

/** Throws RangeError if it is no such image. */
export function parsePagemap(process: number, image: Buffer): Pagemap {
  if (image.length < 8 || MAGIC.some((magic, i) => image.readUInt32LE(i * 4) !== magic))
    throw new RangeError(`pagemap-${process}.img is no image of CRIU's`);
  const messages: Map<number, number>[] = [];
  for (let at = 8; at < image.length; ) {
    const end = at + 4 + (at + 4 <= image.length ? image.readUInt32LE(at) : Number.POSITIVE_INFINITY);
    if (end > image.length) throw new RangeError(`pagemap-${process}.img is cut off`);
    messages.push(numbersOf(image.subarray(at + 4, end)));
    at = end;
  }
  const [first, ...rest] = messages;
  return { pagesId: first?.get(1) ?? 0, entries: rest.map((fields) => entryOf(process, fields)) };
}

/** What has to be fetched of all processes whose images are in the folder, by process and address. Neighbours are one. */
export async function lazyRanges(folder: string): Promise<Range[]> {
  const pagemaps = await Promise.all(
    (await processesIn(folder)).map(async (process) =>
      parsePagemap(process, await readFile(join(folder, `pagemap-${process}.img`))),
    ),
  );
  return pagemaps.flatMap(({ entries }) => joined(entries.filter(({ isLazy, isPresent }) => isLazy && !isPresent)));
}

/** Those that have images there. */
export async function processesIn(folder: string): Promise<number[]> {
  return (await readdir(folder))
    .map((name) => Number(/^pagemap-(\d+)\.img$/.exec(name)?.[1]))
    .filter((process) => Number.isSafeInteger(process))
    .sort((a, b) => a - b);
}

function joined(entries: readonly Entry[]): Range[] {
  const ranges: Range[] = [];
  for (const { process, address, pages } of entries) {
    const last = ranges.at(-1);
    if (last && endOf(last) === address) ranges[ranges.length - 1] = { ...last, pages: last.pages + pages };
    else ranges.push({ process, address, pages });
  }
  return ranges;
}

function entryOf(process: number, fields: ReadonlyMap<number, number>): Entry {
  // Images of before the flags have none: everything is there then, or in the parent.
  const flags = fields.get(4) ?? (fields.get(3) ? PARENT : PRESENT);
  return {
    process,
    address: fields.get(1) ?? 0,
    pages: fields.get(5) ?? fields.get(2) ?? 0,
    isLazy: (flags & LAZY) !== 0,
    isPresent: (flags & PRESENT) !== 0,
  };
}

/** A message that has nothing but numbers in it: each behind its field's number. */
function numbersOf(message: Buffer): Map<number, number> {
  const fields = new Map<number, number>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("a number in an image is cut off");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) !== 0) throw new RangeError("a pagemap has fields that this reader does not know");
    fields.set(tag >> 3, varint());
  }
  return fields;
}

/** Of pages in the pages' file: where each range that is there begins. */
export function offsetsIn({ entries }: Pagemap): readonly { readonly range: Range; readonly offset: number }[] {
  let offset = 0;
  return entries
    .filter(({ isPresent }) => isPresent)
    .map((range) => {
      const at = offset;
      offset += range.pages * PAGE_BYTES;
      return { range, offset: at };
    });
}
