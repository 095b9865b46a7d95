import { expect, test } from "vitest";
import { decodeText, encodeText, PLAIN, type TextFormat } from "./text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
/** Each piece is copied: it is good until the next one. */
const written = (text: string, format: TextFormat) =>
  new Uint8Array(Buffer.concat(Array.from(encodeText(text, format), (piece) => Buffer.from(piece))));

test.each([
  ["a\nb\n", "a\nb\n"],
  ["a\r\nb\r\n", "a\nb\n"],
  ["\ufeffa\r\nb", "a\nb"],
  ["", ""],
  ["no newline", "no newline"],
])("%j is edited as %j and written back as it was", (found, edited) => {
  const { text, format } = decodeText(bytes(found), "a.md");
  expect(text).toBe(edited);
  expect(written(text, format)).toEqual(bytes(found));
});

test("mixed ends of line become one kind, so that everybody counts alike", () => {
  const { text, format } = decodeText(bytes("a\r\nb\nc\rd"), "a.md");
  expect(new TextDecoder().decode(written(text, format))).toBe("a\nb\nc\nd");
});

test.each(["a", "é", "日", "😀"])("a text of many pieces of %s is whole, wherever they are cut", (character) => {
  for (const before of ["", "x"]) {
    const text = `${before}${`${character}\n`.repeat(400_000)}`;
    expect(written(text, PLAIN)).toEqual(bytes(text));
    expect(written(text, { crlf: true, mark: true })).toEqual(bytes(`\ufeff${text.replaceAll("\n", "\r\n")}`));
  }
});

test("bytes that are no UTF-8 are refused with the name of the file", () => {
  expect(() => decodeText(new Uint8Array([0xc3, 0x28]), "data.bin")).toThrow(/^data\.bin is not a text in UTF-8/);
});
