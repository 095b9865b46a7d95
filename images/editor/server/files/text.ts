/**
 * A text file's bytes and its text. In memory lines end in `\n` alone, as CodeMirror counts them; on disk the file keeps the
 * ends of line and the byte order mark that it came with.
 */
import { Fault } from "../../../../shared/daemon/fault.ts";

export interface TextFormat {
  readonly crlf: boolean;
  readonly mark: boolean;
}

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

export function encodeText(text: string, { crlf, mark }: TextFormat): Uint8Array {
  return new TextEncoder().encode((mark ? BYTE_ORDER_MARK : "") + (crlf ? text.replaceAll("\n", "\r\n") : text));
}
