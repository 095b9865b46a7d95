/**
 * How an archive is sealed before it leaves the base server: it holds all of a runtime's memory, and so its secrets.
 *
 *   "markco archive 1\n" · 32 bytes of salt · frame · frame · … · last frame
 *
 * A frame is at most 1 MiB of the archive under AES-256-GCM, with its tag behind it. Its nonce is its number and whether it is the
 * last one, so that frames that are missing, doubled or in another order are refused, also at the end. The key is derived
 * from the salt and the name of the archive: another archive's frames, or another archive as a whole, are refused as well.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Fault } from "../../shared/daemon/fault.ts";
import { blocks, splitOff } from "./blocks.ts";
import type { ArchiveKeys } from "./keys.ts";

const MAGIC = Buffer.from("markco archive 1\n");
const SALT_BYTES = 32;
const FRAME_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** Whatever was done to it: nothing that such an archive says can be believed. */
export class DamagedArchive extends Fault {
  constructor() {
    super("conflict", "the archive is damaged, not whole, or another one's");
    this.name = "DamagedArchive";
  }
}

/** The same archive sealed twice looks different each time. */
export async function* seal(
  keys: ArchiveKeys,
  name: string,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const salt = randomBytes(SALT_BYTES);
  yield Buffer.concat([MAGIC, salt]);
  const key = keys.derive(name, salt);
  let number = 0;
  for await (const { block, isLast } of blocks(content, FRAME_BYTES)) {
    const cipher = createCipheriv("aes-256-gcm", key, nonce(number++, isLast));
    yield Buffer.concat([cipher.update(block), cipher.final(), cipher.getAuthTag()]);
  }
}

/** What was sealed under this name. Gives out only what has been checked; throws DamagedArchive where that ends. */
export async function* unseal(
  keys: ArchiveKeys,
  name: string,
  sealed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const [head, frames] = await splitOff(sealed, MAGIC.length + SALT_BYTES);
  if (head.length < MAGIC.length + SALT_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC))
    throw new DamagedArchive();
  const key = keys.derive(name, head.subarray(MAGIC.length));
  let number = 0;
  for await (const { block, isLast } of blocks(frames, FRAME_BYTES + TAG_BYTES)) {
    yield opened(key, nonce(number++, isLast), block);
  }
}

function opened(key: Buffer, iv: Buffer, frame: Buffer): Buffer {
  const end = frame.length - TAG_BYTES;
  if (end < 0) throw new DamagedArchive();
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(frame.subarray(end));
  const content = decipher.update(frame.subarray(0, end));
  try {
    decipher.final();
  } catch {
    throw new DamagedArchive();
  }
  return content;
}

function nonce(number: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(NONCE_BYTES);
  bytes.writeBigUInt64BE(BigInt(number), NONCE_BYTES - 9);
  bytes[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return bytes;
}
