import { expect, test } from "vitest";
import { parse } from "yaml";
import { splitFrontMatter } from "./front-matter.ts";
import { frontMatterBlock } from "./front-matter-block.ts";

test.each([
  ["---\ntitle: A\n---\nx", { title: "A" }, "x"],
  ["\ufeff---  \r\ntitle: A\r\n---\r\nx", { title: "A" }, "x"],
  ["---\n# only a comment\n---\nx", {}, "x"],
  ["---\n\n  # first\n'a b' : 1\n---\n", { "a b": 1 }, ""],
  ["---\n{ title: A }\n---\nx", { title: "A" }, "x"],
  ["---\n? title\n: A\n---\nx", { title: "A" }, "x"],
  ["---\ntitle:\n  - a\n---\nx", { title: ["a"] }, "x"],
  ["---\nkey with words: [1]\n---", { "key with words": [1] }, ""],
])("%j has data, and a body behind it", (source, data, body) => {
  expect(splitFrontMatter(source)).toEqual({ data, problem: null, body });
});

test.each([
  "---\nSome words between two breaks\n---\nx",
  "---\n- a\n- b\n---\nx",
  "---\n```python\nx: int = 1\n```\n---\n",
  "---\nhttp://example.org/\n---\nx",
  "---\n> quoted: words\n---\nx",
  "---\ntitle: A\n",
  "x\n---\ntitle: A\n---\n",
])("%j has none: it is all body", (source) => {
  expect(splitFrontMatter(source)).toEqual({ data: {}, problem: null, body: source });
});

test.each(["---\ntitle: [\n---\nx", "---\na: b: c\n---\nx", "---\na: 1\na: 2\n---\nx"])(
  "%j is front matter, and wrong",
  (source) => {
    const { problem, body, data } = splitFrontMatter(source);
    expect([typeof problem, body, data]).toEqual(["string", "x", {}]);
  },
);

test("a parser of YAML finds a mapping wherever one is seen without it", () => {
  const keys = ["a", "a b", "'a'", '"a"', "a-b", "ä", "1", "a.b", "a:b"];
  for (const key of keys) {
    const text = `${key}: v\n`;
    expect(frontMatterBlock(`---\n${text}---\n`)?.text, key).toBe(text.trimEnd());
    expect(typeof parse(text), key).toBe("object");
  }
});
