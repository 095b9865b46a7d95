import { expect, test } from "vitest";
import { render } from "./fixture.ts";
import { MAX_DOCUMENT_CHARS } from "./render.ts";

/** Generous: the slowest takes a fifth of it on a small machine. What is quadratic takes minutes. */
const TIME_MS = 5_000;
const CHARS = 100_000;

const fill = (piece: string, chars = CHARS) => piece.repeat(Math.ceil(chars / piece.length));
const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
const times = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

const WORST: Record<string, string> = {
  "emphasis that never closes": fill("*a **a "),
  "emphasis with mixed ends": fill("a**b"),
  "open brackets": fill("["),
  "open links": fill("[a]("),
  "open images": fill("![[]("),
  "open wiki links": fill("[[a|"),
  "open footnotes": fill("[^a"),
  "100,000 characters of links": fill("[a](b) "),
  addresses: fill("http://a.b "),
  dollars: fill("$a "),
  "display formulas that never close": fill("$$ a\n"),
  "environments that never close": fill("\\begin{align}\n"),
  "quotes in quotes": fill(">"),
  "lists in lists": times(400, (i) => `${"  ".repeat(i)}- a`),
  "notes in notes": fill("[^a]: "),
  "thousands of notes": `${times(5_000, (i) => `[^${i}]: [^${i}] x\n`)}\n${times(5_000, (i) => `[^${i}]`)}`,
  "backticks of every length": times(440, (i) => "`".repeat(i + 1)),
  "open tags": fill("<a "),
  "open attributes": fill("<a x='"),
  "open comments": fill("<!--"),
  "elements in elements": fill("<div>\n\n"),
  "a table of 2,000 columns": `|${fill("a|", 4_000)}\n|${fill("-|", 4_000)}\n${fill("a\n")}`,
  "thousands of formulas": fill("$x$ "),
  "braces in braces": `$${fill("{", 4_000)}$`,
  "roots in roots": `$${"\\sqrt{".repeat(600)}1${"}".repeat(600)}$`,
  "a macro that doubles": "$\\def\\a#1{\\a{#1#1}}\\a{x}$",
  "a long macro many times": `$\\newcommand{\\a}{${fill("x", 4_000)}}$ ${fill(`$${"\\a".repeat(2_000)}$ `)}`,
  "front matter in brackets": `---\n${fill("[", 60_000)}\n---\n`,
  "front matter of aliases": `---\na: &a [x]\n${times(30, (i) => `a${i}: &a${i} [*a${i === 0 ? "" : i - 1}, *a${i === 0 ? "" : i - 1}]`)}\n---\n`,
  colours: fenced("output", fill("\x1b[31ma")),
  "python in brackets": fenced("python", fill("f(", 20_000)),
  "julia in brackets": fenced("julia", fill('(("$(', 20_000)),
  "C++ in angle brackets": fenced("cpp", fill("a<", 20_000)),
  "markdown in quotes": fenced("markdown", fill("> ", 20_000)),
  "more code than gets colours": fenced("python", fill("f(x)\n", 500_000)),
};

test.each(Object.entries(WORST))("renders in time: %s", { timeout: TIME_MS }, (_name, source) => {
  expect(render(`${source}\n`).headings).toEqual([]);
});

test("a document that is too long gives a page that says so", () => {
  const { html } = render("a".repeat(MAX_DOCUMENT_CHARS + 100_000));
  expect(html).toContain(
    "This document is too long for one page: it has 1.1 million characters, 1 million is the most.",
  );
});
