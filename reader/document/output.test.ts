import { describe, expect, test } from "vitest";
import { render } from "./fixture.ts";

const output = (text: string) => render(`\`\`\`output\n${text}\n\`\`\``).html;

describe("a terminal", () => {
  test("shows a progress bar as it was in the end", () => {
    expect(output(" 10 %\r 50 %\r100 %\ndone")).toBe('<pre class="output">100 %\ndone\n</pre>\n');
    expect(output("loading…\x1b[2K\x1b[1Gready")).toBe('<pre class="output">ready\n</pre>\n');
  });

  test("takes line ends of another system for line ends", () => {
    expect(render("```output\r\na\r\nb\r\n```\r\n").html).toBe('<pre class="output">a\nb\n</pre>\n');
  });

  test("is the only place where a lone carriage return doesn't end a line", () => {
    expect(render("a\rb\n\n```\nc\rd\n```").html).toBe("<p>a\nb</p>\n<pre><code>c\nd\n</code></pre>\n");
    expect(render("# a\r\rb").html).toMatch(/<\/h1>\n<p>b<\/p>/);
  });

  test("keeps colours where nothing moves", () => {
    expect(output("\x1b[32mok\x1b[0m")).toContain('<span class="ansi-2">ok</span>');
  });

  test.each(["term", "bash term", "python term"])("is what ```%s shows: a log, and no cell", (info) => {
    expect(render(`\`\`\`${info}\n$ ls \x1b[34msrc\x1b[0m\n\`\`\`\n\n\`\`\`output\na\n\`\`\``).html).toBe(
      '<pre class="output">$ ls <span class="ansi-4">src</span>\n</pre>\n<pre class="output">a\n</pre>\n',
    );
  });
});

describe("an error folds the way that led to it", () => {
  const FRAMES = '  File "<cell 1>", line 2, in f\n    1 / 0\n    ~~^~~';
  const PYTHON = `Traceback (most recent call last):\n${FRAMES}\nZeroDivisionError: division by zero`;

  test("in Python, between what was printed before and the rest of the message", () => {
    expect(output(`printed\n${PYTHON}\nsecond line`)).toBe(
      '<pre class="output">printed\n</pre>\n' +
        '<details class="traceback"><summary>ZeroDivisionError: division by zero</summary>\n' +
        `<pre class="output">${PYTHON.replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}\n</pre>\n</details>\n` +
        '<pre class="output">second line\n</pre>\n',
    );
  });

  test("with the errors that caused it", () => {
    const chain = `${PYTHON}\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n${FRAMES}\nValueError: <bad>`;
    expect(output(chain)).toMatch(
      /^<details class="traceback"><summary>ValueError: &lt;bad&gt;<\/summary>[\s\S]*ZeroDivisionError[\s\S]*During handling[\s\S]*ValueError[\s\S]*<\/details>\n$/,
    );
  });

  test("in JavaScript and Julia", () => {
    expect(output("TypeError: x is not a function\n    at f (cell 1:1:2)\n    at cell 1:3:4\nafter")).toMatch(
      /<summary>TypeError: x is not a function<\/summary>[\s\S]*at cell 1:3:4\n<\/pre>\n<\/details>\n<pre class="output">after/,
    );
    expect(output("ERROR: DomainError with -1.0:\nmore\nStacktrace:\n [1] sqrt(x)\n   @ Base ./math.jl:1")).toMatch(
      /<summary>ERROR: DomainError with -1.0:<\/summary>[\s\S]*math.jl/,
    );
  });

  test("with its colours", () => {
    expect(output(`\x1b[31m${PYTHON.replaceAll("\n", "\x1b[0m\n\x1b[31m")}\x1b[0m`)).toContain(
      '<summary><span class="ansi-1">ZeroDivisionError: division by zero</span></summary>',
    );
  });

  test.each([
    "Traceback (most recent call last):\n  cut off",
    "look at this\n   at home",
    "Stacktrace:\n [1] alone",
    "A Traceback (most recent call last): in a sentence",
  ])("and text that only looks like one stays text: %j", (text) => expect(output(text)).not.toContain("<details"));
});
