import { expect, test } from "vitest";
import { playTerminal } from "./terminal.ts";

test.each([
  ["plain text stays as it is", "a\n  b\tc\n", "a\n  b\tc\n"],
  ["a carriage return writes over the line", " 10%\r 50%\r100%\n", "100%\n"],
  ["what a shorter line does not cover stays", "abcdef\rXY", "XYcdef"],
  ["Windows line ends are line ends", "a\r\nb", "a\nb"],
  ["a backspace steps back", "abc\b\bX", "aXc"],
  ["the line is erased from the cursor on", "loading\r\x1b[Kdone", "done"],
  ["cursor up writes into earlier lines", "one\ntwo\n\x1b[2A1\x1b[1B\r2", "1ne\n2wo\n"],
  ["the screen is cleared", "a\nb\n\x1b[2J\x1b[Hc", "c"],
  ["colours are dropped", "\x1b[1;31mred\x1b[0m \x1b[38;5;9mmore\x1b[m", "red more"],
  ["titles and links of a terminal are dropped", "\x1b]0;title\x07a\x1b]8;;x\x1b\\b", "ab"],
  ["bells and other controls are dropped", "a\x07b\0c\x1b(Bd", "abcd"],
])("%s", (_, written, shown) => {
  expect(playTerminal(written)).toBe(shown);
});

test("a cursor sent far away does not take the memory", () => {
  expect(playTerminal("\x1b[999999999B\x1b[999999999Cx").length).toBeLessThan(20_000);
});
