/**
 * The records of a zip (PKWARE's APPNOTE 6.3), and no more of it than a copy of files needs: names in UTF-8, ZIP64 where numbers
 * need it, times to the second in UTC as Info-ZIP writes them.
 */

/** Largest number of a field; it stands there itself where the true number is in a field of ZIP64. */
const MOST_32 = 0xffff_ffff;
const MOST_16 = 0xffff;
const ZIP64_VERSION = 45;
const VERSION = 20;
const UNIX = 3;
const UTF8 = 1 << 11;
/** Checksum and sizes stand behind the content. */
const DESCRIBED_BEHIND = 1 << 3;

export interface Entry {
  readonly name: Buffer;
  readonly mtime: Date;
  /** Of the file, as stat has it. */
  readonly mode: number;
  /** Where it begins in the zip. */
  readonly offset: number;
  readonly method: "stored" | "deflated";
  /** Its sizes were not known when it began; true if they may need ZIP64. Null if they were known. */
  readonly behind: { readonly isHuge: boolean } | null;
  crc: number;
  bytes: number;
  packedBytes: number;
}

/** Stands before an entry's content. */
export function localHeader(entry: Entry): Buffer {
  const extra = entry.behind?.isHuge ? new Fields().u16(1).u16(16).u64(0).u64(0).end() : Buffer.alloc(0);
  const [crc, packed, bytes] = entry.behind ? [0, 0, 0] : [entry.crc, entry.packedBytes, entry.bytes];
  const isHuge = entry.behind?.isHuge ?? false;
  return new Fields()
    .u32(0x04034b50)
    .u16(isHuge ? ZIP64_VERSION : VERSION)
    .put(common(entry))
    .u32(crc)
    .u32(isHuge ? MOST_32 : packed)
    .u32(isHuge ? MOST_32 : bytes)
    .u16(entry.name.length)
    .u16(extra.length)
    .put(entry.name)
    .put(extra)
    .end();
}

/** Stands behind the content of an entry that was described behind it. */
export function dataDescriptor({ behind, crc, bytes, packedBytes }: Entry): Buffer {
  const fields = new Fields().u32(0x08074b50).u32(crc);
  return (behind?.isHuge ? fields.u64(packedBytes).u64(bytes) : fields.u32(packedBytes).u32(bytes)).end();
}

/** Of the directory at the end. */
export function directoryRecord(entry: Entry): Buffer {
  const seconds = Math.min(Math.max(Math.floor(entry.mtime.getTime() / 1000), 0), 0x7fff_ffff);
  const time = new Fields().u16(0x5455).u16(5).u8(1).u32(seconds).end();
  const isHuge = (entry.behind?.isHuge ?? false) || entry.offset >= MOST_32;
  const numbers = new Fields().u16(1).u16(24).u64(entry.bytes).u64(entry.packedBytes).u64(entry.offset).end();
  const extra = isHuge ? Buffer.concat([time, numbers]) : time;
  return new Fields()
    .u32(0x02014b50)
    .u8(63)
    .u8(UNIX)
    .u16(isHuge ? ZIP64_VERSION : VERSION)
    .put(common(entry))
    .u32(entry.crc)
    .u32(isHuge ? MOST_32 : entry.packedBytes)
    .u32(isHuge ? MOST_32 : entry.bytes)
    .u16(entry.name.length)
    .u16(extra.length)
    .u16(0)
    .u16(0)
    .u16(0)
    .u32((entry.mode << 16) >>> 0)
    .u32(isHuge ? MOST_32 : entry.offset)
    .put(entry.name)
    .put(extra)
    .end();
}

export interface Directory {
  readonly entries: number;
  readonly bytes: number;
  /** Where it begins in the zip. */
  readonly offset: number;
}

/** Ends the zip, right behind its directory. */
export function endOfDirectory({ entries, bytes, offset }: Directory): Buffer {
  const isHuge = entries >= MOST_16 || bytes >= MOST_32 || offset >= MOST_32;
  const fields = new Fields();
  if (isHuge) {
    fields.u32(0x06064b50).u64(44).u8(63).u8(UNIX).u16(ZIP64_VERSION).u32(0).u32(0);
    fields.u64(entries).u64(entries).u64(bytes).u64(offset);
    fields
      .u32(0x07064b50)
      .u32(0)
      .u64(offset + bytes)
      .u32(1);
  }
  const count = isHuge ? MOST_16 : entries;
  fields.u32(0x06054b50).u16(0).u16(0).u16(count).u16(count);
  return fields
    .u32(isHuge ? MOST_32 : bytes)
    .u32(isHuge ? MOST_32 : offset)
    .u16(0)
    .end();
}

/** What both records of an entry say: flags, method and the time as DOS has it, which knows the years from 1980. */
function common({ behind, method, mtime }: Entry): Buffer {
  const year = Math.min(Math.max(mtime.getUTCFullYear(), 1980), 2107);
  return new Fields()
    .u16(UTF8 | (behind ? DESCRIBED_BEHIND : 0))
    .u16(method === "stored" ? 0 : 8)
    .u16((mtime.getUTCHours() << 11) | (mtime.getUTCMinutes() << 5) | (mtime.getUTCSeconds() >> 1))
    .u16(((year - 1980) << 9) | ((mtime.getUTCMonth() + 1) << 5) | mtime.getUTCDate())
    .end();
}

/** Numbers one after the other, lowest byte first. */
class Fields {
  readonly #parts: Buffer[] = [];

  u8(value: number): this {
    return this.put(Buffer.of(value));
  }

  u16(value: number): this {
    const field = Buffer.alloc(2);
    field.writeUInt16LE(value);
    return this.put(field);
  }

  u32(value: number): this {
    const field = Buffer.alloc(4);
    field.writeUInt32LE(value);
    return this.put(field);
  }

  u64(value: number): this {
    const field = Buffer.alloc(8);
    field.writeBigUInt64LE(BigInt(value));
    return this.put(field);
  }

  put(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  /** In memory of its own: a part of Node's pool that is kept for long keeps 8 KB of others with it. */
  end(): Buffer {
    const whole = Buffer.alloc(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) at += part.copy(whole, at);
    return whole;
  }
}
