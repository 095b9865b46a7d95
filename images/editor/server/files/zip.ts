/**
 * A zip that is made while the files are read: of each there is its record of the directory, and no more, until the end. (yazl
 * keeps 15 KB a file, and 20,000 files are a project.)
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { crc32, createDeflateRaw, deflateRaw, deflateRawSync } from "node:zlib";
import { problemOfPath } from "../../../../shared/fsml/path.ts";
import { dataDescriptor, directoryRecord, type Entry, endOfDirectory, localHeader } from "./zip-format.ts";

export interface Zipped {
  /** Without a link in it. */
  readonly absolute: string;
  /** In the zip. */
  readonly name: string;
}

/** Bytes of a file that is read as a whole, so that its sizes stand before it: some programs read only such a file if it is not compressed. */
const SMALL_BYTES = 1024 * 1024;
/** From here on sizes get the room that ZIP64 has; what is compressed may be a little larger than it was. */
const HUGE_BYTES = 0xf000_0000;

/** Compressing them again takes time and gains nothing. */
const COMPRESSED =
  /\.(png|jpe?g|gif|webp|avif|mp[34]|m4[av]|mov|webm|ogg|zip|gz|bz2|xz|zst|7z|woff2?|parquet|docx|xlsx|pptx)$/i;

/** A file that has gone since it was found is left out, and so is one whose name no zip can have. Throws if one can't be read to its end. */
export async function* zipOf(files: Iterable<Zipped>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { absolute, name } of files) {
    const file = problemOfPath(name) === null ? await openItself(absolute) : null;
    if (!file) continue;
    try {
      const stat = await file.stat();
      const parts = stat.size <= SMALL_BYTES ? small(file, stat, name, offset) : large(file, stat, name, offset);
      for (let part = await parts.next(); ; part = await parts.next()) {
        if (part.done) {
          directory.push(directoryRecord(part.value));
          break;
        }
        offset += part.value.length;
        yield part.value;
      }
    } finally {
      await file.close();
    }
  }
  const bytes = directory.reduce((sum, { length }) => sum + length, 0);
  yield* directory;
  yield endOfDirectory({ entries: directory.length, bytes, offset });
}

async function* small(file: FileHandle, stat: Stats, name: string, offset: number): AsyncGenerator<Buffer, Entry> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(stat.size), 0, stat.size, 0);
  const content = buffer.subarray(0, bytesRead);
  const deflated = COMPRESSED.test(name) ? content : await deflate(content);
  const [method, packed] =
    deflated.length < content.length ? (["deflated", deflated] as const) : (["stored", content] as const);
  const entry: Entry = {
    ...described(stat, name, offset),
    method,
    behind: null,
    crc: crc32(content),
    bytes: content.length,
    packedBytes: packed.length,
  };
  yield Buffer.concat([localHeader(entry), packed]);
  return entry;
}

/** For a millisecond or two nobody else waits for a thread, whose memory would be given back much later. */
const AT_ONCE_BYTES = 64 * 1024;

async function deflate(content: Buffer): Promise<Buffer> {
  return content.length <= AT_ONCE_BYTES ? deflateRawSync(content) : promisify(deflateRaw)(content);
}

async function* large(file: FileHandle, stat: Stats, name: string, offset: number): AsyncGenerator<Buffer, Entry> {
  const behind = { isHuge: stat.size >= HUGE_BYTES };
  const entry: Entry = {
    ...described(stat, name, offset),
    method: "deflated",
    behind,
    crc: 0,
    bytes: 0,
    packedBytes: 0,
  };
  yield localHeader(entry);
  const deflated = createDeflateRaw({ level: COMPRESSED.test(name) ? 0 : 6 });
  // What is written behind its end meanwhile is not in the copy.
  const content = file.createReadStream({ start: 0, end: stat.size - 1, autoClose: false });
  const read = pipeline(content, count, deflated);
  // It is said by what is read from the other end.
  read.catch(() => {});
  for await (const chunk of deflated) {
    entry.packedBytes += chunk.length;
    yield chunk;
  }
  await read;
  yield dataDescriptor(entry);
  return entry;

  async function* count(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      entry.crc = crc32(chunk, entry.crc);
      entry.bytes += chunk.length;
      yield chunk;
    }
  }
}

function described({ mtime, mode }: Stats, name: string, offset: number) {
  return { name: Buffer.from(name), mtime, mode, offset };
}

/**
 * The ordinary file that stands there; null if there is none. Cells can put a link in the way at any moment, also in place of a
 * folder: what was opened says itself where it is.
 */
async function openItself(absolute: string): Promise<FileHandle | null> {
  // Opening must not wait for somebody to write into a pipe.
  const file = await open(absolute, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (!file) return null;
  const at = await readlink(`/proc/self/fd/${file.fd}`);
  if (at === absolute && (await file.stat()).isFile()) return file;
  await file.close();
  return null;
}
