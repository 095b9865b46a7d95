/**
 * A text file's bytes and its text. In memory lines end in `\n` alone, as CodeMirror counts them; on disk the file keeps the
 * ends of line and the byte order mark that it came with.
 */
import { Fault } from "../../../../shared/daemon/fault.ts";

export interface TextFormat {
  readonly crlf: boolean;
  readonly mark: boolean;
}

export const PLAIN: TextFormat = { crlf: false, mark: false };

const BYTE_ORDER_MARK = "\ufeff";

/** Throws Fault("invalid") if the bytes are not UTF-8. `name` is for the message. */
export function decodeText(bytes: Uint8Array, name: string): { text: string; format: TextFormat } {
  let raw: string;
  try {
    raw = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault("invalid", `${name} is not a text in UTF-8, so it can't be edited here`);
  }
  const mark = raw.startsWith(BYTE_ORDER_MARK);
  const text = mark ? raw.slice(1) : raw;
  const crlf = text.includes("\r\n") && !/(?<!\r)\n/.test(text);
  return { text: text.replace(/\r\n?/g, "\n"), format: { crlf, mark } };
}

/** Characters that are encoded at a time: a large document is not held once more in bytes, nor holds everybody up. */
const PIECE_CHARS = 64 * 1024;

/** The bytes, piece after piece; each is good until the next one is asked for. */
export function* encodeText(text: string, { crlf, mark }: TextFormat): Iterable<Uint8Array> {
  if (mark) yield new TextEncoder().encode(BYTE_ORDER_MARK);
  const buffer = new Uint8Array(Math.min(text.length, PIECE_CHARS) * (crlf ? 2 : 1) * MAX_BYTES_OF_CHAR);
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = Math.min(text.length, from + PIECE_CHARS);
    // Half a surrogate pair has no bytes.
    if (to < text.length && /[\ud800-\udbff]/.test(text.charAt(to - 1))) to--;
    const piece = text.slice(from, to);
    const { written } = new TextEncoder().encodeInto(crlf ? piece.replaceAll("\n", "\r\n") : piece, buffer);
    yield buffer.subarray(0, written);
  }
}

const MAX_BYTES_OF_CHAR = 3;
