import { expect, test } from "vitest";
import { askedWords, wordsOf } from "./words.ts";

test.each([
  ["Größen-Vergleich, CAFÉ!", ["grossen", "vergleich", "cafe"]],
  ["cafe\u0301 ﬁle Ⅳ", ["cafe", "file", "iv"]],
  ["snake_case camelCase v1.2", ["snake_case", "camelcase", "v1", "2"]],
  ["don't", ["don", "t"]],
  [`x ${"a".repeat(41)} y`, ["x", "y"]],
  ["", []],
])("the words of %j", (text, words) => expect(wordsOf(text)).toEqual(words));

test("text without spaces is found from each letter on", () => {
  const indexed = wordsOf("数据分析方法");
  expect(indexed).toContain("分析方法");
  for (const question of ["数据", "分析", "法", "数据分析方法"])
    for (const asked of askedWords(question)) expect(indexed.some((word) => word.startsWith(asked))).toBe(true);
  expect(askedWords("数据分析方法").length).toBeGreaterThan(1);
});

test("a question asks for each word once", () => expect(askedWords("a B a")).toEqual(["a", "b"]));
