/** Images as CRIU writes them. */

export const PARENT = 1;
export const LAZY = 2;
export const PRESENT = 4;

export interface Entry {
  readonly address: number;
  readonly pages: number;
  readonly flags: number;
}

/** `pagemap-PID.img`, whose pages are in `pages-ID.img`. */
export function pagemapImage(pagesId: number, entries: readonly Entry[]): Buffer {
  const magic = Buffer.from([0x19, 0x43, 0x56, 0x54, 0x25, 0x40, 0x08, 0x56]);
  const bodies = entries.map(({ address, pages, flags }) => fields([1, address], [2, pages], [4, flags], [5, pages]));
  return Buffer.concat([magic, ...[fields([1, pagesId]), ...bodies].map(message)]);
}

function message(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

const fields = (...all: readonly (readonly [number, number])[]) =>
  Buffer.concat(all.flatMap(([number, value]) => [varint(number << 3), varint(value)]));

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
