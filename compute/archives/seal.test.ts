import { randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { ArchiveKeys } from "./keys.ts";
import { DamagedArchive, seal, unseal } from "./seal.ts";

const MIB = 1024 * 1024;
const HEAD_BYTES = 17 + 32;
const FRAME_BYTES = MIB + 16;
const keys = new ArchiveKeys(Buffer.alloc(32, 7));
const archive = randomBytes(3 * MIB + 1000);
let sealed: Buffer;

/** As a socket or a disk gives it: in pieces that have nothing to do with frames. */
async function* pieces(content: Buffer, bytes = 100_003): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes);
}
async function all(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const sealOf = (name: string, content: Buffer) => all(seal(keys, name, pieces(content)));
const open = (content: Buffer, name = "a", by = keys) => all(unseal(by, name, pieces(content)));
/** The frames of `sealed`, by number, behind its head. */
const framesOf = (...numbers: number[]) =>
  Buffer.concat([
    sealed.subarray(0, HEAD_BYTES),
    ...numbers.map((n) => sealed.subarray(HEAD_BYTES + n * FRAME_BYTES, HEAD_BYTES + (n + 1) * FRAME_BYTES)),
  ]);

beforeAll(async () => {
  sealed = await sealOf("a", archive);
});

test.each([0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB])("an archive of %i bytes comes back as it was", async (bytes) => {
  const content = randomBytes(bytes);
  expect((await open(await sealOf("a", content))).equals(content)).toBe(true);
});

test("images of memory hold secrets: nothing of an archive can be read in what is sent", async () => {
  const secret = Buffer.from("the password of the database");
  const plain = Buffer.concat([Buffer.alloc(5000), secret, Buffer.alloc(5000)]);
  const sent = await sealOf("a", plain);
  expect(sent.includes(secret)).toBe(false);
  expect(sent.includes(Buffer.alloc(64)), "not even where nothing was").toBe(false);
});

test("the same archive sent twice has nothing in common but its beginning", async () => {
  const again = await sealOf("a", archive);
  expect(again.subarray(0, 17).equals(sealed.subarray(0, 17))).toBe(true);
  expect(again.subarray(17, 17 + 64).equals(sealed.subarray(17, 17 + 64))).toBe(false);
});

test.each([0, 20, HEAD_BYTES, HEAD_BYTES + 5, HEAD_BYTES + FRAME_BYTES - 1, -1])(
  "one bit that is changed at %i is refused",
  async (at) => {
    const changed = Buffer.from(sealed);
    const place = at < 0 ? changed.length + at : at;
    changed[place] = (changed[place] ?? 0) ^ 1;
    await expect(open(changed)).rejects.toThrow(DamagedArchive);
  },
);

test.each([0, 10, HEAD_BYTES, HEAD_BYTES + FRAME_BYTES, HEAD_BYTES + 2 * FRAME_BYTES, -16, -1])(
  "one that ends at %i is refused, also between two frames",
  async (at) => {
    await expect(open(sealed.subarray(0, at < 0 ? sealed.length + at : at))).rejects.toThrow(DamagedArchive);
  },
);

test.each([
  ["in another order", [1, 0, 2, 3]],
  ["doubled", [0, 0, 1, 2, 3]],
  ["missing", [0, 2, 3]],
])("frames that are %s are refused", async (_how, numbers) => {
  expect((await open(framesOf(0, 1, 2, 3))).equals(archive)).toBe(true);
  await expect(open(framesOf(...numbers))).rejects.toThrow(DamagedArchive);
});

test("something behind the last frame is refused", async () => {
  await expect(open(Buffer.concat([sealed, Buffer.from("x")]))).rejects.toThrow(DamagedArchive);
});

test("two archives that change places are refused, and so is another installation's", async () => {
  const other = await sealOf("b", archive);
  await expect(open(other, "a")).rejects.toThrow(DamagedArchive);
  await expect(open(sealed, "b")).rejects.toThrow(DamagedArchive);
  await expect(open(sealed, "a", new ArchiveKeys(Buffer.alloc(32, 8)))).rejects.toThrow(DamagedArchive);
});

test("nothing is given out of a frame that has not been checked", async () => {
  const changed = Buffer.from(sealed);
  changed[HEAD_BYTES + FRAME_BYTES + 100] = (changed[HEAD_BYTES + FRAME_BYTES + 100] ?? 0) ^ 1;
  const given: Buffer[] = [];
  await expect(
    (async () => {
      for await (const chunk of unseal(keys, "a", pieces(changed))) given.push(chunk);
    })(),
  ).rejects.toThrow("the archive is damaged, not whole, or another one's");
  expect(Buffer.concat(given).equals(archive.subarray(0, MIB))).toBe(true);
});
