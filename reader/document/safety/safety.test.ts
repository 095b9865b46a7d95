import { describe, expect, test } from "vitest";
import { framing } from "../fixture.ts";
import { renderDocument } from "../render.ts";
import { CONSTRUCTS } from "./constructs.ts";
import { dangersIn } from "./dangers.ts";
import { PAYLOADS } from "./payloads.ts";

const render = (source: string) => renderDocument(source, framing);

/* Doors (lessons.md): "inline HTML, link labels, SVG and HTML assets ran on the app's origin". */
describe.each(Object.entries(CONSTRUCTS))("no payload gets through: %s", (_name, construct) => {
  test.each(PAYLOADS)("%j", (payload) => {
    const { html } = render(construct(payload));
    expect(dangersIn(html), html).toEqual([]);
  });
});

describe("a danger is seen", () => {
  test.each([
    ["<script>alert(1)</script>", "<script>"],
    ['<p onclick="x">a</p>', "<p onclick>"],
    ['<a href="java\tscript:alert(1)">a</a>', 'href="java\tscript:alert(1)"'],
    ['<a href="data:text/html,x">a</a>', 'href="data:text/html,x"'],
    ['<img src="data:image/svg+xml,x">', 'src="data:image/svg+xml,x"'],
    [
      '<iframe class="frame" sandbox="allow-scripts allow-same-origin" src="/frames/1"></iframe>',
      "a frame that is not ours",
    ],
    [
      '<iframe class="frame" sandbox="allow-scripts allow-popups allow-downloads" src="/setup"></iframe>',
      "a frame that is not ours",
    ],
    ['<iframe srcdoc="x"></iframe>', "<iframe srcdoc>"],
    ['<meta http-equiv="refresh">', "<meta>"],
    ['<base href="/x">', "<base>"],
    ["<form></form>", "<form>"],
    ['<input type="text">', "a form field"],
    ["<svg><path/></svg>", "<svg> of http://www.w3.org/2000/svg"],
    ['<p style="color:red">a</p>', 'style="color:red"'],
    ['<pre class="output"><span style="background:url(x)">a</span></pre>', 'style="background:url(x)"'],
    ['<p id="page:content">a</p>', 'id="page:content"'],
    ['<p class="skip">a</p>', 'class="skip"'],
    ["</article><b>a</b>", /^leaves its place/],
    ["<b>a", /^leaves its place/],
  ])("%s", (content, danger) => {
    const dangers = dangersIn(content);
    expect(
      dangers.some((line) => (typeof danger === "string" ? line === danger : danger.test(line))),
      dangers.join(),
    ).toBe(true);
  });
});

test("links to other origins carry rel, in markdown and in HTML", () => {
  const { html } = render(
    "[a](https://e.org) [b](//e.org) <a href='https://e.org'>c</a> <https://e.org> <a href='/\\e.org'>d</a>",
  );
  expect(html.match(/<a /g)).toHaveLength(5);
  expect(html.match(/ rel="nofollow noopener noreferrer"/g)).toHaveLength(5);
});
