import { expect, test } from "vitest";
import { decodeText, encodeText } from "./text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  ["a\nb\n", "a\nb\n"],
  ["a\r\nb\r\n", "a\nb\n"],
  ["\ufeffa\r\nb", "a\nb"],
  ["", ""],
  ["no newline", "no newline"],
])("%j is edited as %j and written back as it was", (written, edited) => {
  const { text, format } = decodeText(bytes(written), "a.md");
  expect(text).toBe(edited);
  expect(encodeText(text, format)).toEqual(bytes(written));
});

test("mixed ends of line become one kind, so that everybody counts alike", () => {
  const { text, format } = decodeText(bytes("a\r\nb\nc\rd"), "a.md");
  expect(new TextDecoder().decode(encodeText(text, format))).toBe("a\nb\nc\nd");
});

test("bytes that are no UTF-8 are refused with the name of the file", () => {
  expect(() => decodeText(new Uint8Array([0xc3, 0x28]), "data.bin")).toThrow(/^data\.bin is not a text in UTF-8/);
});
