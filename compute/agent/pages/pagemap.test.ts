import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PAGE_BYTES } from "./memory-source.ts";
import { lazyRanges, offsetsIn, parsePagemap } from "./pagemap.ts";
import { LAZY, PRESENT, pagemapImage } from "./testing/images.ts";

const HEAP = 0x5555_5555_0000;
const STACK = 0x7fff_ffff_d000;

test("of a process the ranges that CRIU has left to be fetched are found, neighbours as one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pagemap-"));
  try {
    await writeFile(
      join(folder, "pagemap-7.img"),
      pagemapImage(1, [
        { address: HEAP, pages: 300, flags: LAZY },
        { address: HEAP + 300 * PAGE_BYTES, pages: 5, flags: LAZY },
        { address: HEAP + 400 * PAGE_BYTES, pages: 2, flags: LAZY | PRESENT },
        { address: STACK, pages: 3, flags: PRESENT },
      ]),
    );
    await writeFile(join(folder, "pagemap-12.img"), pagemapImage(2, [{ address: STACK, pages: 1, flags: LAZY }]));
    await writeFile(join(folder, "pagemap-shmem-3.img"), "not a process's");
    expect(await lazyRanges(folder)).toEqual([
      { process: 7, address: HEAP, pages: 305 },
      { process: 12, address: STACK, pages: 1 },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("pages lie in their file in the order of the entries that are there", () => {
  const map = parsePagemap(
    7,
    pagemapImage(4, [
      { address: HEAP, pages: 2, flags: PRESENT },
      { address: HEAP + 2 * PAGE_BYTES, pages: 9, flags: LAZY },
      { address: STACK, pages: 1, flags: LAZY | PRESENT },
    ]),
  );
  expect(map.pagesId).toBe(4);
  expect(offsetsIn(map).map(({ range, offset }) => [range.address, offset])).toEqual([
    [HEAP, 0],
    [STACK, 2 * PAGE_BYTES],
  ]);
});

test("an image that is cut off anywhere, or another's, is refused", () => {
  const image = pagemapImage(1, [{ address: HEAP, pages: 300, flags: LAZY }]);
  const whole = [8, image.length];
  // Behind the first message nothing is missing that could be told.
  const head = 8 + 4 + image.readUInt32LE(8);
  for (let length = 0; length < image.length; length++) {
    if (whole.includes(length) || length === head) continue;
    expect(() => parsePagemap(1, image.subarray(0, length))).toThrow(RangeError);
  }
  expect(() => parsePagemap(1, Buffer.alloc(64, 1))).toThrow("no image of CRIU's");
});
