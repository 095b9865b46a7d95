/** Where the memory of processes can be read from: they are frozen on this machine, or lie in images on its disk. */

export const PAGE_BYTES = 4096;

/** Pages of one process that follow each other. */
export interface Range {
  /** The process's id inside its container, by which CRIU's images know it. */
  readonly process: number;
  /** In bytes, of the first page. User space ends at 2^47, so a number holds it. */
  readonly address: number;
  readonly pages: number;
}

export interface MemorySource {
  /** Fills `into` with the range. Throws if any of it can't be had. */
  read(range: Range, into: Buffer): Promise<void>;
  close(): Promise<void>;
}

export const endOf = ({ address, pages }: Range): number => address + pages * PAGE_BYTES;
