import { describe, expect, test } from "vitest";
import { render } from "../fixture.ts";

/** The TeX of all formulas that were set, in order; display ones in brackets. */
function formulas(source: string): string[] {
  return [...render(source).html.matchAll(/<span class="math( math-display)?" role="img" aria-label="([^"]*)"/g)].map(
    ([, display, tex]) => (display ? `[${tex}]` : (tex ?? "")),
  );
}

describe("where math is", () => {
  test.each([
    ["$a+b$ and $c$", ["a+b", "c"]],
    ["It costs $5 and $6.", []],
    ["$5 and $6, but $x$", ["x"]],
    ["$ a$ $a $ $a$5", []],
    ["\\$a$", []],
    ["$\\$5$", ["\\$5"]],
    ["`$a$`", []],
    ["a $$b$$ c", ["[b]"]],
    ["$$\na\n\nb$$", []],
    ["$$\na\n$$", ["[a]"]],
    ["\\[\na\n\\]", ["[a]"]],
    ["> $$\n> a\n> + b\n> $$", ["[a\n+ b]"]],
    ["- text\n\n  $$a$$", ["[a]"]],
    ["\\begin{align}\na &= b\n\\end{align}", ["[\\begin{align}\na &amp;= b\n\\end{align}]"]],
    ["text\n$$\na\n$$\ntext", ["[a]"]],
    ["*a $x*y$ b*", ["x*y"]],
  ])("%j", (source, expected) => expect(formulas(source)).toEqual(expected));
});

describe("what is set", () => {
  test("looks right without MathML, and says so to the page", () => {
    const { html, usesMath } = render("$x$");
    expect(html).toContain('<span class="katex">');
    expect(html).not.toContain("<math");
    expect(usesMath).toBe(true);
    expect(render("x").usesMath).toBe(false);
  });

  test("definitions hold for the rest of the document, and for no other", () => {
    expect(
      formulas("$\\newcommand{\\R}{\\mathbf{R}}$ $\\R$ $\\newcommand{\\half}[1]{\\frac{#1}{2}} \\half{x}$"),
    ).toHaveLength(3);
    expect(formulas("$\\half{x}$")).toEqual([]);
  });

  test("a formula that comes again is what its macros are by then", () => {
    const { html } = render("$\\newcommand{\\a}{x}$ $\\a$ $\\renewcommand{\\a}{y}$ $\\a$ $$\\a$$");
    expect([...html.matchAll(/mathnormal"[^>]*>(\w)</g)].map(([, letter]) => letter).join("")).toBe("xyy");
    expect(html).toContain('class="katex-display"');
  });

  test("a formula that fails is shown as its source, with the reason", () => {
    expect(render("$\\nope<b>$").html).toMatch(
      /<code class="math-source" title="[^"]*\\nope[^"]*">\\nope&lt;b&gt;<\/code>/,
    );
  });

  test("can't bring a link, a picture, a class or a style of its own", () => {
    for (const tex of [
      "\\href{javascript:alert(1)}{x}",
      "\\includegraphics{https://e.org/x}",
      "\\htmlClass{skip}{x}",
      "\\htmlStyle{color:red}{x}",
    ]) {
      expect(render(`$${tex}$`).html).not.toMatch(/href=|<img|class="skip"|style="color:red/);
    }
  });

  test("a macro that doubles its argument is refused before it fills the memory", () => {
    expect(render("$\\def\\a#1{\\a{#1#1}}\\a{x}$").html).toContain("math-source");
    expect(render("$\\newcommand{\\a}[1]{\\a{#1#1}}\\a{x}$").html).toContain("math-source");
  });
});
