import { describe, expect, test } from "vitest";
import { ansiToHtml } from "./ansi.ts";

describe("terminal colours", () => {
  test.each([
    ["plain <b>", "plain &lt;b&gt;"],
    ["\x1b[31mred\x1b[0m x", '<span class="ansi-1">red</span> x'],
    ["\x1b[1;92ma\x1b[22mb\x1b[m", '<span class="ansi-bold ansi-10">a</span><span class="ansi-10">b</span>'],
    ["\x1b[44;7ma", '<span class="ansi-inverse ansi-on-4">a</span>'],
    ["\x1b[38;5;208ma", '<span style="color:rgb(255 135 0)">a</span>'],
    ["\x1b[38;5;1ma", '<span class="ansi-1">a</span>'],
    ["\x1b[48;2;1;2;300ma", '<span style="background-color:rgb(1 2 255)">a</span>'],
    ["\x1b[2Ka\x1b[1Gb\x07", "ab"],
    ["\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07", "link"],
    ["\x1b]0;title", ""],
    ["\x1b[38ma\x1b[99999999999mb", "ab"],
  ])("%j", (source, expected) => expect(ansiToHtml(source)).toBe(expected));
});
