import { expect, test } from "vitest";
import { findCells, kernelLanguage } from "./cells.ts";

const owned = (source: string, generated?: string) =>
  findCells(source, generated).map((cell) => source.slice(cell.owned.from, cell.owned.to));

test("fences of a runnable language are cells; the second word names the session; `term` is a log", () => {
  const source =
    "```python\n1\n```\n\n```py gpu\n2\n```\n\n```bash term\n$ ls\n```\n\n```sh\nls\n```\n\n```julia\n1\n```\n\n```text\nx\n```\n";
  expect(findCells(source).map(({ number, line, language, session }) => [number, line, language, session])).toEqual([
    [1, 1, "python", null],
    [2, 5, "python", "gpu"],
    [3, 13, "bash", null],
    [4, 17, "julia", null],
  ]);
  expect(findCells(source).map(kernelLanguage)).toEqual(["python", "python", "bash", "julia"]);
});

test("a cell inside a longer fence, in front matter or in a comment's indented block is none", () => {
  expect(findCells("---\nx: |\n  ```python\n  1\n  ```\n---\n\n````markdown\n```python\n1\n```\n````\n")).toEqual([]);
});

test.each([
  ["nothing", "```python\n1\n```\n\ntext", ""],
  ["an output block behind blank lines", "```python\n1\n```\n\n\n```output\n1\n```\ntext", "\n\n\n```output\n1\n```"],
  ["the older form", "```python\n1\n```\n```output:exec-17-ab\n1\n```\n", "\n```output:exec-17-ab\n1\n```"],
  [
    "generated pictures and interactive outputs after it",
    "```python\n1\n```\n\n```output\n1\n```\n\n![plot](_assets/generated/0123456789ab.png)\n\n[interactive output](../_assets/generated/0123456789ab.html)\n\n![mine](me.png)\n",
    "\n\n```output\n1\n```\n\n![plot](_assets/generated/0123456789ab.png)\n\n[interactive output](../_assets/generated/0123456789ab.html)",
  ],
  [
    "a generated picture that got a caption and a modifier",
    '```python\n1\n```\n\n![The decay](_assets/generated/0123456789ab.png "Fig. 1")>\n',
    '\n\n![The decay](_assets/generated/0123456789ab.png "Fig. 1")>',
  ],
  ["not a person's picture", "```python\n1\n```\n\n![me](_assets/me.png)\n", ""],
  ["not a person's picture among generated ones", "```python\n1\n```\n\n![me](_assets/generated/me.png)\n", ""],
  ["not a sentence with a link", "```python\n1\n```\n\nSee ![p](_assets/generated/0123456789ab.png)\n", ""],
  ["not a block of another kind", "```python\n1\n```\n\n```text\n1\n```\n", ""],
  ["not a second output block", "```python\n1\n```\n\n```output\n1\n```\n\n```output\n2\n```", "\n\n```output\n1\n```"],
  ["not an output behind other text", "```python\n1\n```\n\nhm\n\n```output\n1\n```\n", ""],
])("a cell owns %s", (_, source, text) => {
  expect(owned(source)).toEqual([text]);
});

test("an output that prints backticks ends where its fence ends", () => {
  const source = "```python\n1\n```\n\n````output\n```\nnot a fence\n```\n````\n\ntext\n";
  expect(owned(source)).toEqual(["\n\n````output\n```\nnot a fence\n```\n````"]);
});

test("the folder for generated files can have another name", () => {
  const source = "```python\n1\n```\n\n![plot](out/0123456789ab.png)\n";
  expect(owned(source)).toEqual([""]);
  expect(owned(source, "out")).toEqual(["\n\n![plot](out/0123456789ab.png)"]);
});

test("a cell without its closing fence owns nothing", () => {
  const [cell] = findCells("```python\n1\n\n```output\n1\n");
  expect(cell?.fence.closed).toBe(false);
  expect(cell?.owned.from).toBe(cell?.owned.to);
});
