import { describe, expect, test } from "vitest";
import { Highlighter } from "./highlight.ts";

const highlight = (code: string, name: string) => new Highlighter().highlight(code, name);

describe("colours", () => {
  test.each([
    [
      "python",
      "def f(): return 'a' # c",
      '<span class="tok-keyword">def</span> <span class="tok-variableName tok-definition">f</span>(): <span class="tok-keyword">return</span> <span class="tok-string">&#39;a&#39;</span> <span class="tok-comment"># c</span>',
    ],
    ["r", "x <- TRUE # c", 'x &lt;- <span class="tok-atom">TRUE</span> <span class="tok-comment"># c</span>'],
    ["sql", "SELECT 1", '<span class="tok-keyword">SELECT</span> <span class="tok-number">1</span>'],
    [
      "bash",
      "if true; then",
      '<span class="tok-keyword">if</span> <span class="tok-atom">true</span>; <span class="tok-keyword">then</span>',
    ],
  ])("%s", (name, code, expected) => expect(highlight(code, name)).toBe(expected));

  // A word of each language that only its own grammar or mode takes for one.
  test.each([
    ["py", "def f", "def"],
    ["julia", "function f end", "function"],
    ["javascript", "const a", "const"],
    ["jsx", "<A b={1}/>", "A"],
    ["ts", "interface A {}", "interface"],
    ["tsx", "type A = 1", "type"],
    ["html", "<p>x</p>", "p"],
    ["css", "a { color: red }", "color"],
    ["json", '{"a": true}', "true"],
    ["yaml", "a: 1", "a"],
    ["toml", "a = true", "true"],
    ["markdown", "# Title", " Title"],
    ["rust", "fn f() {}", "fn"],
    ["c", "int a;", "int"],
    ["cpp", "class A {};", "class"],
    ["java", "public class A {}", "public"],
    ["kotlin", "fun f() {}", "fun"],
    ["scala", "object A", "object"],
    ["c#", "namespace A;", "namespace"],
    ["go", "func f() {}", "func"],
    ["matlab", "for i", "for"],
    ["fortran", "end program", "program"],
    ["ruby", "def f", "def"],
    ["lua", "local a", "local"],
    ["ini", "; note", "; note"],
    ["latex", "\\section{a}", "\\section"],
    ["dockerfile", "FROM debian", "FROM"],
    ["diff", "+a", "+a"],
  ])("%s", (name, code, word) => {
    const escaped = word.replaceAll("\\", "\\\\").replaceAll("+", "\\+");
    expect(highlight(code, name)).toMatch(new RegExp(`<span class="tok-[^"]*">${escaped}</span>`));
  });

  test.each(
    `python r julia bash js jsx ts tsx html css sql json yaml toml markdown rust c cpp java kotlin scala c# go matlab fortran
    ruby lua ini latex dockerfile diff`.split(/\s+/),
  )("%s keeps every character", (name) => {
    const code = "<a b=\"c\">\n\n  x = 'y' & {1: [2]}\t# z\n\u{1F600}é\n";
    const text = highlight(code, name).replace(/<[^>]*>/g, "");
    expect(text.replace(/&(?:lt|gt|quot|amp|#39);/g, (entity) => ENTITIES[entity] ?? "?")).toBe(code);
  });

  test("code that breaks a grammar is escaped text", () => {
    const code = `${"- ".repeat(5_000)}<`;
    expect(highlight(code, "yaml")).toBe(`${"- ".repeat(5_000)}&lt;`);
  });

  test("an unknown language is escaped text", () => expect(highlight("<b>", "brainfog")).toBe("&lt;b&gt;"));

  test("the two languages inside HTML have theirs", () => {
    expect(highlight("<script>let a</script>", "html")).toContain('<span class="tok-keyword">let</span>');
  });
});

const ENTITIES: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "&#39;": "'" };
