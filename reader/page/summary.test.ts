import { describe, expect, test } from "vitest";
import { render } from "../document/fixture.ts";
import { firstPictureOf, shortened, summaryOf } from "./summary.ts";

const summary = (source: string) => summaryOf(render(source).html);

describe("a page is summed up by", () => {
  test.each([
    [
      "its first paragraph, as plain text",
      "# T\n\nAn *intro* to `f(x)` & <b>more</b>\nof it.\n\nThen.",
      "An intro to f(x) & more of it.",
    ],
    ["the first one that has words", "![a](plot.png)\n\n[1](#x) …\n\nText.", "Text."],
    ["nothing that is a formula", "Let $x$ be.\n\nA number.", "A number."],
    ["text, not markup", "`<b>` \\<script>", "<b> <script>"],
  ])("%s", (_name, source, expected) => expect(summary(source)).toBe(expected));

  test("nothing, where it has no text", () => {
    expect(summary("# Only a title\n\n```python\nf()\n```\n")).toBeNull();
    expect(summary("![a](plot.png)\n\n".repeat(1000))).toBeNull();
  });

  test("about two lines, cut between words", () => {
    expect(shortened("word ".repeat(100))).toBe(`${"word ".repeat(40).trim()}…`);
    expect(shortened("数".repeat(300))).toBe(`${"数".repeat(200)}…`);
    expect(shortened(`${"a".repeat(199)}😀`)).not.toMatch(/\p{Cs}/u);
  });
});

describe("a page is pictured by", () => {
  const picture = (source: string) => firstPictureOf(render(source).html)?.src ?? null;
  test("its first image that others can show", () => {
    expect(picture("![a](data:image/png;base64,AA) ![b](x.svg) ![c](plot.png) ![d](other.png)")).toBe(
      "/files/plot.png",
    );
    expect(picture("![a](https://e.org/a.png?x=1&y=2)")).toBe("https://e.org/a.png?x=1&y=2");
    expect(picture("Text `<img src='x'>`")).toBeNull();
  });

  test("with its words", () => expect(firstPictureOf(render('![A "b" <c>](plot.png)').html)?.alt).toBe('A "b" <c>'));
});
