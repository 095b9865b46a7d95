/**
 * The form of a journal on disk: records behind one another, each its length, the CRC-32 of its payload (both 32 bits,
 * little endian) and the payload. A crash can leave a torn record at the end; it was never acknowledged.
 */
import { crc32 } from "node:zlib";

const HEAD_BYTES = 8;

export function encodeRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD_BYTES + payload.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint32(4, crc32(payload), true);
  record.set(payload, HEAD_BYTES);
  return record;
}

/** The whole records at the start of `bytes`, and how many bytes they take. */
export function decodeRecords(bytes: Uint8Array): { payloads: Uint8Array[]; length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloads: Uint8Array[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + HEAD_BYTES + view.getUint32(at, true);
    // A length of zero is what a file system leaves where it had reserved room and wrote nothing.
    if (end > bytes.length || end === at + HEAD_BYTES) break;
    const payload = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32(payload) !== view.getUint32(at + 4, true)) break;
    payloads.push(payload);
    at = end;
  }
  return { payloads, length: at };
}
