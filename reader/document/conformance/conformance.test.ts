/// <reference types="vite/client" />
import specification from "commonmark-spec/spec.txt?raw";
import { describe, expect, test } from "vitest";
import { renderDocument } from "../render.ts";
import { COMMONMARK, GFM } from "./deviations.ts";
import { AUTOLINKS, DISALLOWED_HTML, type Example, STRIKETHROUGH, TABLES, TASK_LISTS } from "./gfm.ts";
import { normalize } from "./normalize.ts";

/** Every file is there, under its own name: the specifications know nothing of projects. */
const context = { resolvePage: () => null, resolveAsset: (path: string) => path };

const render = (markdown: string) => normalize(renderDocument(markdown, context).html);

function conformTo(examples: readonly Example[], deviations: typeof COMMONMARK): void {
  const listed = new Map(
    Object.entries(deviations).flatMap(([reason, outputs]) =>
      Object.entries(outputs).map(([number, html]) => [Number(number), { reason, html }] as const),
    ),
  );
  test.each(examples.filter(({ number }) => !listed.has(number)))("example $number", ({ markdown, html }) => {
    expect(render(markdown)).toBe(normalize(html));
  });
  for (const [number, { reason, html }] of listed) {
    test(`example ${number}: ${reason}`, () => {
      const example = examples.find((candidate) => candidate.number === number);
      expect(render(example?.markdown ?? "")).toBe(html);
      expect(html, "is listed, but as the specification says").not.toBe(normalize(example?.html ?? ""));
    });
  }
}

describe("CommonMark 0.31.2", () => {
  const examples = examplesOf(specification);
  test("has 652 examples", () => expect(examples).toHaveLength(652));
  conformTo(examples, COMMONMARK);
});

describe("what GitHub Flavored Markdown 0.29 adds", () => {
  conformTo([...TABLES, ...TASK_LISTS, ...STRIKETHROUGH, ...AUTOLINKS, ...DISALLOWED_HTML], GFM);
});

describe("the comparison", () => {
  test.each([
    ["<p>a</p>", "<p>b</p>"],
    ["<p>a</p>", "<div>a</div>"],
    ['<a href="/a">x</a>', '<a href="/b">x</a>'],
    ['<div class="table"><p>a</p></div>', '<div class="other"><p>a</p></div>'],
    ["<pre><code>a  b</code></pre>", "<pre><code>a b</code></pre>"],
    ['<p class="task">a</p>', "<p>a</p>"],
  ])("tells %s from %s", (one, other) => expect(normalize(one)).not.toBe(normalize(other)));
});

/** The examples in the text of the specification: fences of 32 backticks, markdown and HTML parted by a dot. */
function examplesOf(text: string): Example[] {
  const [body = ""] = text.split("<!-- END TESTS -->");
  const blocks = body.matchAll(/^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$/gm);
  return [...blocks].map(([, markdown = "", html = ""], i) => ({
    number: i + 1,
    markdown: markdown.replaceAll("→", "\t"),
    html: html.replaceAll("→", "\t"),
  }));
}
