import { describe, expect, test } from "vitest";
import { context, framing } from "./fixture.ts";
import { renderDocument } from "./render.ts";

const FRAME =
  /<iframe class="frame" sandbox="allow-scripts allow-popups allow-downloads" [^>]*src="([^"]*)"><\/iframe>/g;
const render = (source: string) => renderDocument(source, framing);
const framesIn = (source: string) => [...render(source).html.matchAll(FRAME)].map(([, src]) => src);
const fence = (language: string, code = "x") => `\`\`\`${language}\n${code}\n\`\`\``;

describe("cells that the page itself shows", () => {
  test("have their page behind the last of those that stand together", () => {
    const { html } = render(
      `${fence("html", "<b>x</b>")}\n\n${fence("css")}\n\n${fence("js")}\n\nText\n\n${fence("html")}`,
    );
    expect(html).toMatch(
      /<pre data-language="html">[\s\S]*language-js[\s\S]*<\/pre>\n<iframe[^>]*src="\/frames\/0"[\s\S]*<p>Text<\/p>[\s\S]*src="\/frames\/1"/,
    );
    // Shown as code, and nothing of it in the page.
    expect(html).toContain("&lt;");
    expect(html).not.toContain("<b>");
  });

  test("are found below front matter, and in lists and quotes", () => {
    expect(
      framesIn(
        `---\ntitle: T\n---\n\n# T\n\n- ${fence("html").replaceAll("\n", "\n  ")}\n\nText\n\n> ${fence("js").replaceAll("\n", "\n> ")}`,
      ),
    ).toEqual(["/frames/0", "/frames/1"]);
  });

  test.each([fence("css"), fence("js server"), fence("node"), fence("python"), fence("html term"), "```html\nopen"])(
    "are not %j",
    (source) => expect(framesIn(source)).toEqual([]),
  );
});

test("a page has a hundred frames at most", () => {
  expect(framesIn(`${fence("html")}\n\nText\n\n`.repeat(200))).toHaveLength(100);
});

describe("interactive output", () => {
  const OUTPUT = "_assets/generated/3f9a.html";

  test("is shown under its link", () => {
    const { html } = render(`${fence("python")}\n\n[interactive output](${OUTPUT})`);
    expect(html).toMatch(
      /<a href="[^"]*3f9a.html">interactive output<\/a><\/p>\n<iframe[^>]*src="\/files\/_assets\/generated\/3f9a.html"/,
    );
  });

  test.each([
    "[other](_assets/generated/3f9a.html)",
    "[interactive output](https://e.org/generated/3f9a.html)",
    "[interactive output](setup.md)",
  ])("is not %s", (source) => expect(framesIn(source)).toEqual([]));
});

test("where there can be no frames, the code and the link stand alone", () => {
  const { html } = renderDocument(`${fence("html")}\n\n[interactive output](_assets/generated/3f9a.html)`, context);
  expect(html).not.toContain("<iframe");
  expect(html).toContain(">interactive output</a>");
});
