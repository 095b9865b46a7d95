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

  test.each(
    "python r julia bash js jsx ts tsx html css sql json yaml toml markdown rust cpp go latex dockerfile diff".split(
      " ",
    ),
  )("%s keeps every character", (name) => {
    const code = "<a b=\"c\">\n\n  x = 'y' & {1: [2]}\t# z\n\u{1F600}é\n";
    const text = highlight(code, name).replace(/<[^>]*>/g, "");
    expect(text.replace(/&(?:lt|gt|quot|amp|#39);/g, (entity) => ENTITIES[entity] ?? "?")).toBe(code);
  });

  test("an unknown language is escaped text", () => expect(highlight("<b>", "brainfog")).toBe("&lt;b&gt;"));

  test("the two languages inside HTML have theirs", () => {
    expect(highlight("<script>let a</script>", "html")).toContain('<span class="tok-keyword">let</span>');
  });
});

const ENTITIES: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "&#39;": "'" };
