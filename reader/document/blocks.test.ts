import { describe, expect, test } from "vitest";
import { context } from "./fixture.ts";
import { renderInBlocks } from "./render.ts";

const blocksOf = (source: string) => renderInBlocks(source, context).blocks;
const linesOf = (source: string) => blocksOf(source).map(({ lines }) => lines);

describe("a document in blocks", () => {
  test("each has its lines, and is well-formed by itself", () => {
    expect(blocksOf("# A\n\nb\nc\n- d\n\n  e\n")).toMatchObject([
      { lines: [0, 1], html: expect.stringMatching(/^<h1.*<\/h1>\n$/) },
      { lines: [2, 4], html: "<p>b\nc</p>\n" },
      { lines: [4, 7], html: expect.stringMatching(/^<ul>.*<\/ul>\n$/s) },
    ]);
  });

  test("the heading and the card of the front matter are one, as the card stands below the heading", () => {
    const [first, second] = blocksOf("---\nauthor: Ada\n---\n\n# Title\n\ntext\n");
    expect(first?.lines).toEqual([0, 5]);
    expect(first?.html).toMatch(/^<h1.*<div class="card">/s);
    expect(second?.lines).toEqual([6, 7]);
  });

  test("front matter without a card has no block", () => {
    expect(linesOf("---\ntags: [a]\n---\ntext\n")).toEqual([[3, 4]]);
  });

  test("a cell tells its result from its code", () => {
    const [cell] = blocksOf("```python\n1\n```\n\n```output\n1\n```\n");
    expect(cell).toMatchObject({ lines: [0, 7], cell: { codeTo: 3 } });
    expect(cell?.cell?.result).toMatch(/^<div class="result">\n<pre class="output">1\n<\/pre>\n<\/div>\n$/);
    expect(blocksOf("```python\n1\n```\n")[0]?.cell).toEqual({ codeTo: 3, result: "" });
    expect(blocksOf("```text\n1\n```\n")[0]?.cell).toBeNull();
  });

  test("raw HTML around markdown is one block with it, also when it is never closed", () => {
    expect(linesOf("<details>\n\ntext\n\n</details>\n\nafter\n")).toEqual([
      [0, 5],
      [6, 7],
    ]);
    const [all, ...none] = blocksOf("<div>\n\ntext <b>\n\nafter\n");
    expect(all?.html).toBe("<div>\n<p>text <b></b></p>\n<p>after</p>\n</div>");
    expect(none).toEqual([]);
  });

  test("raw HTML that is closed with the list or quote around it ends there", () => {
    expect(linesOf("> <div>\n\none\n\n- <b>\n\ntwo\n")).toEqual([
      [0, 1],
      [2, 3],
      // As markdown-it has it, with the blank line behind a list.
      [4, 6],
      [6, 7],
    ]);
  });

  test("definitions have no block, and the notes come from no line", () => {
    expect(linesOf("a[^1] [b]\n\n[^1]: note\n\n[b]: /x\n\nc\n")).toEqual([[0, 1], [6, 7], null]);
  });

  test("numbers and ids are the document's, not the block's", () => {
    const html = blocksOf("# A\n\n# A\n\nx[^b] y[^a]\n\n[^a]: 1\n\n[^b]: 2\n").map((block) => block.html);
    expect(html[1]).toContain('id="a-1"');
    expect(html[2]).toContain('href="#fn:2"');
  });
});
