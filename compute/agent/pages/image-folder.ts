/** The memory of processes that sleep: CRIU has written all of it into images on this disk. */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { endOf, type MemorySource, type Range } from "./memory-source.ts";
import { offsetsIn, parsePagemap, processesIn } from "./pagemap.ts";

interface Stored {
  readonly file: FileHandle;
  /** By address; offsets into the file are bytes. */
  readonly places: ReturnType<typeof offsetsIn>;
}

export class ImageFolder implements MemorySource {
  readonly #stored: ReadonlyMap<number, Stored>;

  private constructor(stored: ReadonlyMap<number, Stored>) {
    this.#stored = stored;
  }

  /** Throws RangeError if the images are damaged, and an error of the file system's if some are missing. */
  static async open(folder: string): Promise<ImageFolder> {
    const stored = new Map<number, Stored>();
    for (const process of await processesIn(folder)) {
      const map = parsePagemap(process, await readFile(join(folder, `pagemap-${process}.img`)));
      const file = await open(join(folder, `pages-${map.pagesId}.img`), "r");
      stored.set(process, { file, places: offsetsIn(map) });
    }
    return new ImageFolder(stored);
  }

  async read(wanted: Range, into: Buffer): Promise<void> {
    const stored = this.#stored.get(wanted.process);
    if (!stored) throw new Error(`there are no images of process ${wanted.process}`);
    let address = wanted.address;
    // Neighbours in memory may lie in two entries.
    for (const { range, offset } of stored.places) {
      if (address >= endOf(wanted)) break;
      if (address < range.address || address >= endOf(range)) continue;
      const end = Math.min(endOf(range), endOf(wanted));
      await fill(
        into.subarray(address - wanted.address, end - wanted.address),
        stored.file,
        offset + address - range.address,
      );
      address = end;
    }
    if (address < endOf(wanted)) throw new Error(`the images of process ${wanted.process} have no page at ${address}`);
  }

  async close(): Promise<void> {
    for (const { file } of this.#stored.values()) await file.close();
  }
}

async function fill(into: Buffer, file: FileHandle, offset: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
    if (bytesRead === 0) throw new Error("the images of a process are cut off");
    done += bytesRead;
  }
}
