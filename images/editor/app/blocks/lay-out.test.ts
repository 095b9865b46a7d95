import { describe, expect, test } from "vitest";
import { layOut } from "./lay-out.ts";

const context = {
  resolvePage: (target: string) => ({ href: `/${target}`, title: target }),
  resolveAsset: (path: string) => `/${path}`,
};
const segmentsOf = (source: string) => layOut(source, "01-a.md", context);
const kinds = (source: string) => segmentsOf(source).map(({ kind, from, to }) => `${kind} ${source.slice(from, to)}`);

describe("a document in segments", () => {
  test("blocks, and the blank lines between them", () => {
    expect(kinds("# A\n\none\ntwo\n\n\n- x\n\n")).toEqual([
      "block # A",
      "gap ",
      "block one\ntwo",
      "gap \n",
      "block - x",
    ]);
  });

  test("blocks without a blank line between them have a seam", () => {
    expect(kinds("# A\none\n- x\n")).toEqual(["block # A", "seam ", "block one", "seam ", "block - x"]);
  });

  test("the space between two blocks has both elements, empty", () => {
    expect(segmentsOf("# A\n\n> quote\n")[1]?.html).toBe("<h1></h1><blockquote></blockquote>");
    expect(segmentsOf("> [!NOTE]\n> x\n\n***\n")[1]?.html).toBe('<div class="alert alert-note"></div><hr>');
  });

  test("a cell is text, and its result with the blank lines before it a block", () => {
    const source = "```python\n1\n```\n\n```output\n1\n```\n\nend\n";
    expect(kinds(source)).toEqual(["cell ```python\n1\n```", "result \n```output\n1\n```", "gap ", "block end"]);
    expect(segmentsOf(source)[0]?.cells).toMatchObject([{ number: 1, offset: 0, language: "python", session: null }]);
  });

  test("what a page does not show where it stands is text: definitions, comments, front matter without a card", () => {
    expect(
      kinds("---\ntags: []\n---\n\nx[^1]\n\n[^1]: note\n[a]: /b\n\n<!-- c -->\n").filter((it) => !/^gap|seam/.test(it)),
    ).toEqual(["plain ---\ntags: []\n---", "block x[^1]", "plain [^1]: note\n[a]: /b", "plain <!-- c -->", "notes "]);
  });

  test("frames stand behind what they belong to", () => {
    const marks = (source: string) =>
      segmentsOf(source).flatMap(({ kind, frames }) => frames.map((mark) => [kind, mark]));
    expect(marks("```python\n1\n```\n\n[table](_assets/generated/0a1b2c3d.html)\n")).toEqual([
      ["result", { kind: "file", title: "table", path: "_assets/generated/0a1b2c3d.html" }],
    ]);
    expect(marks("```html\n<b>x</b>\n```\n")).toEqual([["cell", { kind: "page", plain: "<b>x</b>", scripted: null }]]);
    expect(marks("```js\n1\n```\n")).toMatchObject([["cell", { scripted: expect.stringContaining("script") }]]);
  });

  test("heights are near what blocks take", () => {
    const height = (source: string) => segmentsOf(source)[0]?.height;
    expect(height("One line.\n")).toBeCloseTo(26.4);
    expect(height("## Heading\n")).toBe(29);
    expect(height(`- one\n- two\n- three\n`)).toBeCloseTo(26.4 * 3 + 10);
  });
});
