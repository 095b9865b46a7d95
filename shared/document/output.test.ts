import { describe, expect, test } from "vitest";
import { findCells } from "./cells.ts";
import { applyChanges } from "./changes.ts";
import { type Output, type OutputAsset, renderOutput, replaceOutput } from "./output.ts";

const plot: OutputAsset = { kind: "image", link: "_assets/generated/0123456789ab.png" };
const page: OutputAsset = { kind: "interactive", link: "_assets/generated/ba9876543210.html" };
const said = (text: string, ...assets: OutputAsset[]): Output => ({ text, assets });

function put(source: string, output: Output, number = 1): string {
  const cell = findCells(source)[number - 1];
  if (!cell) throw new Error(`no cell ${number}`);
  return applyChanges(source, replaceOutput(source, cell, output));
}

describe("rendered", () => {
  test("text stands in an output block, files behind it", () => {
    expect(renderOutput(said("hi\n", plot, page))).toBe(
      "```output\nhi\n```\n\n![plot](_assets/generated/0123456789ab.png)\n\n[interactive output](_assets/generated/ba9876543210.html)",
    );
  });
  test("the fence is longer than any run of backticks", () => {
    expect(renderOutput(said("```\n`````\n"))).toBe("``````output\n```\n`````\n``````");
  });
  test("nothing printed is no block", () => {
    expect(renderOutput(said("  \n\n"))).toBe("");
  });
  test("progress bars leave what a terminal would show at the end", () => {
    expect(renderOutput(said("1%\r50%\r\x1b[32m100%\x1b[0m\n"))).toBe("```output\n100%\n```");
  });
});

describe("put behind its cell", () => {
  test.each([
    ["with text behind it", "```python\n1\n```\n\ntext\n", "```python\n1\n```\n\n```output\nhi\n```\n\ntext\n"],
    ["with text right behind it", "```python\n1\n```\ntext\n", "```python\n1\n```\n\n```output\nhi\n```\n\ntext\n"],
    ["at the end of the file without line break", "```python\n1\n```", "```python\n1\n```\n\n```output\nhi\n```"],
    ["in a file with CRLF", "```python\r\n1\r\n```\r\n", "```python\r\n1\r\n```\r\n\r\n```output\r\nhi\r\n```\r\n"],
    [
      "in a list",
      "- a\n\n  ```python\n  1\n  ```\n- b\n",
      "- a\n\n  ```python\n  1\n  ```\n\n  ```output\n  hi\n  ```\n\n- b\n",
    ],
    ["right in a list item", "1. ```sh\n   ls\n   ```\n", "1. ```sh\n   ls\n   ```\n\n   ```output\n   hi\n   ```\n"],
    [
      "in a quote",
      "> ```python\n> 1\n> ```\n>\n> x\n",
      "> ```python\n> 1\n> ```\n>\n> ```output\n> hi\n> ```\n>\n> x\n",
    ],
    [
      "with an older output",
      "```python\n1\n```\n```output:exec-1\nold\n```\n",
      "```python\n1\n```\n```output\nhi\n```\n",
    ],
  ])("%s", (_, source, expected) => {
    const result = put(source, said("hi\n"));
    expect(result).toBe(expected);
    expect(put(result, said("hi\n"))).toBe(result);
  });

  test("the same result changes nothing, also with pictures and an output that looks like a document", () => {
    const nasty = said("```python\nprint(1)\n```\n\n![x](_assets/generated/0123456789ab.png)\n# not a heading\n", plot);
    const once = put("```python\n1\n```\n\ntext\n", nasty);
    expect(put(once, nasty)).toBe(once);
    expect(findCells(once)).toHaveLength(1);
  });

  test("a run without output takes the old one away and leaves a person's text", () => {
    const source =
      "```python\n1\n```\n\n```output\nold\n```\n\n![plot](_assets/generated/0123456789ab.png)\n\n![me](me.png)\n";
    expect(put(source, said(""))).toBe("```python\n1\n```\n\n![me](me.png)\n");
  });

  test("identical cells get their own output", () => {
    const cell = "```python\nprint(1)\n```\n\n";
    const source = put(put(cell + cell, said("second\n"), 2), said("first\n"), 1);
    expect(source).toBe(
      "```python\nprint(1)\n```\n\n```output\nfirst\n```\n\n```python\nprint(1)\n```\n\n```output\nsecond\n```\n\n",
    );
  });

  test("a growing output is one insertion at its end", () => {
    const source = put("```python\n1\n```\n\ntext\n", said("line 1\n"));
    const [cell] = findCells(source);
    expect(cell && replaceOutput(source, cell, said("line 1\nline 2\n"))).toEqual([
      expect.objectContaining({ insert: "line 2\n" }),
    ]);
  });

  test("a caption that a person gave to a picture stays while the picture does", () => {
    const source = '```python\n1\n```\n\n![Decay](_assets/generated/0123456789ab.png "Fig. 1")>\n';
    expect(put(source, said("", plot))).toBe(source);
  });
});
