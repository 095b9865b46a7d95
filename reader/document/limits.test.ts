import { describe, expect, test } from "vitest";
import { render } from "./fixture.ts";
import { MAX_DOCUMENT_CHARS, MAX_PAGE_CHARS } from "./render.ts";

/** The budget. The slowest takes a tenth of it on a small machine; what is quadratic takes minutes. */
const TIME_MS = 10_000;
/** Less than the most that a document may have, which would take as much longer: all of this is linear. */
const CHARS = 400_000;

const fill = (piece: string, chars = CHARS) => piece.repeat(Math.floor(chars / piece.length));
const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
const times = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

interface Worst {
  readonly source: string;
  /** What the author sees of it. */
  readonly sees: string | RegExp;
}

const TOO_LONG = /^<p class="problem" role="note">This document is too long for one page: [^<]*<\/p>\n$/;
const TOO_DEEP = "Nested deeper than 20 levels, so it is shown as written:";

const MARKUP: Record<string, Worst> = {
  "a megabyte of text": { source: fill("word another word. ", MAX_DOCUMENT_CHARS), sees: /word\.<\/p>\n$/ },
  "emphasis that never closes": { source: fill("*a **a "), sees: /<p>\*a \*\*a [\s\S]* \*\*a<\/p>/ },
  "emphasis with mixed ends": { source: fill("a**b"), sees: /<strong>ba<\/strong>b<\/p>/ },
  "marks that nothing closes": { source: fill("**x* "), sees: "*<em>x</em> *<em>x</em>" },
  "open brackets": { source: fill("["), sees: /<p>\[{300000}/ },
  "brackets in brackets": { source: fill("[", 200_000) + fill("]", 200_000), sees: /\[\[\]\]/ },
  "open links": { source: fill("[a]("), sees: /\[a\]\(<\/p>/ },
  "open images": { source: fill("![[]("), sees: /!\[\[\]\(<\/p>/ },
  "open wiki links": { source: fill("[[a|"), sees: /\[\[a\|<\/p>/ },
  "open footnotes": { source: fill("[^a"), sees: /\[\^a<\/p>/ },
  "100,000 links": { source: "[a](setup.md) ".repeat(70_000), sees: /(?:<a href="\/site\/setup">a<\/a>\s*){70000}/ },
  "100,000 links by reference": {
    source: `[a]: data.csv\n\n${"[a] ".repeat(100_000)}`,
    sees: /(?:<a [^>]*>a<\/a>\s*){100000}/,
  },
  "100,000 wiki links": { source: "[[setup]] ".repeat(99_000), sees: /(?:<a [^>]*>Setup<\/a>\s*){99000}/ },
  addresses: { source: fill("http://a.b "), sees: ">http://a.b</a>" },
  "mail addresses that go on": { source: fill("a@b.c-"), sees: /a@b\.c-/ },
  "quotes in quotes": { source: `${fill(">")} end`, sees: TOO_DEEP },
  "lists in lists": { source: times(600, (i) => `${"  ".repeat(i)}- item ${i}`), sees: /item 599/ },
  "lists in a line": { source: `${fill("- ", 4_000)}end`, sees: new RegExp(`${TOO_DEEP}[\\s\\S]*end`) },
  "a text below 100 quotes": { source: `${">".repeat(100)} a\n${fill("below\n")}`, sees: /below/ },
  "thousands of notes": {
    source: `${times(5_000, (i) => `[^${i}]: x\n`)}\n${times(5_000, (i) => `[^${i}]`)}`,
    sees: '<li id="fn:5000">',
  },
  "backticks of every length": { source: times(1_400, (i) => "`".repeat(i + 1)), sees: /^<p>`\n``<\/p>\n<pre>/ },
  "a table of 2,000 rows": {
    source: `| n | x |\n|--:|---|\n${times(2_000, (i) => `| ${i} | *x* |`)}`,
    sees: /<td class="align-right">1999<\/td>\n<td><em>x<\/em><\/td>\n<\/tr>\n<\/tbody>/,
  },
  "a table of as many rows as fit": { source: `|a|\n|-|\n${fill("|x|\n")}`, sees: /<td>x<\/td>/ },
  "a table of 2,000 columns": {
    source: `|${"a|".repeat(2_000)}\n|${"-|".repeat(2_000)}\n${fill("b\n", 390_000)}`,
    sees: /(?:<th>a<\/th>\n){2000}/,
  },
  headings: { source: fill("# a\n\n", 100_000), sees: 'id="a-19999"' },
};

const HTML: Record<string, Worst> = {
  "open tags": { source: fill("<a "), sees: "&lt;a &lt;a" },
  "open attributes": { source: fill("<a x='"), sees: "&lt;a x='&lt;a x='" },
  "open comments": {
    source: `Seen\n\n${fill("<!--")}`,
    sees: /Seen[\s\S]*A comment that begins here .* is never closed/,
  },
  "open scripts": { source: fill("<script>\n", MAX_DOCUMENT_CHARS), sees: "&lt;script&gt;" },
  "open pictures": { source: `<div>\nSeen ${fill("<svg>", 999_000)}`, sees: "Seen" },
  "open instructions": { source: fill("<?"), sees: "&lt;?" },
  "elements in elements": { source: `${fill("<div>\n\n", 300_000)}end`, sees: "end" },
};

const MATH: Record<string, Worst> = {
  dollars: { source: fill("$a "), sees: "$a $a" },
  "environments that never close": { source: fill("\\begin{align}\n"), sees: "\\begin{align}" },
  "display formulas that never close": { source: fill("\\[ a\n"), sees: "[ a" },
  "thousands of formulas": {
    source: fill("$x$ ", 200_000),
    sees: /<code class="math-source" title="the document has more formulas than a page can show">x<\/code>/,
  },
  "a formula of 100,000 characters": {
    source: `$${fill("x+", 100_000)}$`,
    sees: /<code class="math-source" title="the formula is longer than 5000 characters">x\+x/,
  },
  "braces in braces": { source: `$${fill("{", 4_000)}$`, sees: /title="the formula is nested too deep">\{/ },
  "roots in roots": { source: `$${"\\sqrt{".repeat(600)}1${"}".repeat(600)}$`, sees: "sqrt" },
  "a macro that doubles": {
    source: "$\\def\\a#1{\\a{#1#1}}\\a{x}$",
    sees: "only \\newcommand with each parameter used once",
  },
  "a long macro many times": {
    source: `$\\newcommand{\\a}{${fill("x", 4_000)}}$ ${times(95, (i) => `$${i}${"\\a".repeat(2_000)}$`)}`,
    sees: /title="[^"]*Too many expansions[^"]*">0\\a[\s\S]*title="the document’s macros expand to too much">94\\a/,
  },
};

const BLOCKS: Record<string, Worst> = {
  "front matter in brackets": {
    source: `---\ntags: ${fill("[", 60_000)}\n---\n`,
    sees: "The front matter can’t be read: it is nested too deep",
  },
  "front matter of aliases": {
    source: `---\na: &a [x]\n${times(30, (i) => `a${i}: &a${i} [*a${i === 0 ? "" : i - 1}, *a${i === 0 ? "" : i - 1}]`)}\n---\n`,
    sees: "The front matter can’t be read: Excessive alias count",
  },
  "a flood of the same colour": { source: fenced("output", fill("\x1b[31ma")), sees: /<span class="ansi-1">a{60000}/ },
  "a flood of colours": {
    source: fenced("output", fill("\x1b[31ma\x1b[32mb", 500_000)),
    sees: '<span class="ansi-1">a</span><span class="ansi-2">b</span>',
  },
  "thousands of errors, one led to by the other": {
    source: fenced(
      "output",
      fill("Traceback (most recent call last):\n  x\nE: e\n\nDuring handling of the above exception\n"),
    ),
    sees: '<details class="traceback"><summary>E: e</summary>',
  },
  "a progress bar that never ends": {
    source: fenced("output", `${fill(" 1 %\r")}100 %`),
    sees: '<pre class="output">100 %',
  },
  "control sequences that never end": { source: fenced("output", fill("\x1b[1;")), sees: '<pre class="output">' },
  "control characters": { source: fenced("output", `${fill("\x01")}end`), sees: '<pre class="output">end' },
  "python in brackets": { source: fenced("python", fill("f(", 20_000)), sees: "f(f(" },
  "julia in brackets": { source: fenced("julia", fill('(("$(', 20_000)), sees: "((" },
  "C++ in angle brackets": { source: fenced("cpp", fill("a<", 20_000)), sees: "a&lt;" },
  "markdown in quotes": { source: fenced("markdown", fill("> ", 20_000)), sees: "&gt; &gt;" },
  "a megabyte of code, without colours": {
    source: fenced("python", fill("def f\n")),
    sees: /^<pre[^>]*><code[^>]*>(?:def f\n)+\n<\/code><\/pre>\n$/,
  },
};

describe.each(Object.entries({ MARKUP, HTML, MATH, BLOCKS }))("renders in time, and shows it: %s", (_kind, cases) => {
  test.each(Object.entries(cases))("%s", { timeout: TIME_MS }, (_name, { source, sees }) => {
    expect(source.length).toBeLessThanOrEqual(MAX_DOCUMENT_CHARS);
    const { html } = render(`${source}\n`);
    // Not toMatch(sees): a failure would print megabytes.
    expect(typeof sees === "string" ? html.includes(sees) : sees.test(html), html.slice(0, 500)).toBe(true);
  });
});

describe("a page says so where a document is refused", () => {
  test("that is too long", () => {
    const { html } = render(fill("word ", 5_000_000));
    expect(html).toMatch(TOO_LONG);
    expect(html).toContain("it has 5.0 million characters, 1 million is the most. Split it into several documents.");
  });

  test("that would be too long as a page", { timeout: TIME_MS }, () => {
    const { html } = render(fill("# a\n", MAX_DOCUMENT_CHARS));
    expect(html).toMatch(TOO_LONG);
    expect(html).toMatch(/as a page it would have 2\d\.\d million characters, 10 million is the most\./);
    expect(html.length).toBeLessThan(MAX_PAGE_CHARS);
  });
});
