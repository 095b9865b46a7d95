import { describe, expect, test } from "vitest";
import { render } from "./fixture.ts";

/*
 * Doors (lessons.md): "inline HTML, link labels, SVG and HTML assets ran on the app's origin". Every payload goes into
 * every construct; what comes out may hold only tags and attributes that the renderer writes.
 */
const PAYLOADS = [
  "<script>alert(1)</script>",
  "<ScRiPt/x>alert(1)</sCrIpT>",
  "<img src=x onerror=alert(1)>",
  "<img/src='x'/onerror='alert(1)'>",
  '<img """><script>alert(1)</script>">',
  "<svg onload=alert(1)><circle/></svg>",
  "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
  "<a href='javascript:alert(1)'>x</a>",
  "<a href='java&#10;script:alert(1)'>x</a>",
  "<a href='&#x6A;avascript:alert(1)'>x</a>",
  "<a href=' \u0001javascript:alert(1)'>x</a>",
  "<a href='vbscript:x' style='position:fixed;inset:0' class='skip' name='body' target='_top'>x</a>",
  "<form action='https://e.org'><input name=password><button formaction='javascript:alert(1)'>x</button></form>",
  "<base href='https://e.org/'><meta http-equiv=refresh content='0;url=https://e.org'><link rel=stylesheet href='https://e.org/x.css'>",
  "<style>@import 'https://e.org/x.css'</style>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<template><script>alert(1)</script></template>",
  "<textarea></textarea><img src=x onerror=alert(1)>",
  "<div id='page:content' onclick=alert(1) style='background:url(javascript:alert(1))'>x</div>",
  "<details open ontoggle=alert(1)><summary>x</summary></details>",
  "<b title='\"><script>alert(1)</script>'>x</b>",
  "<!--><script>alert(1)</script>-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?xml <script>alert(1)</script> ?>",
  "<a\nhref=javascript:alert(1)\n>x</a>",
  "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
  "<x onclick=alert(1)>y</x>",
  "[a](javascript:alert(1))",
  "[a](<java\tscript:alert(1)>)",
  "[a](JAVASCRIPT&colon;alert(1))",
  "[a](data:text/html;base64,PHNjcmlwdD4=)",
  "![a](javascript:alert(1))",
  "![a](data:image/svg+xml;base64,PHN2Zz4=)",
  "<javascript:alert(1)>",
  "[a]: javascript:alert(1)\n\n[a]",
  '[a](https://e.org "\\" onmouseover=\\"alert(1)")',
  '![\\" onerror=\\"alert(1)](plot.png)',
  '[[x"onmouseover=alert(1)|<img src=x onerror=alert(1)>]]',
  "[[#<img src=x onerror=alert(1)>]]",
  "[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
  "$\\text{<img src=x onerror=alert(1)>}$",
  "$\\href{javascript:alert(1)}{x}$",
  '$"><script>alert(1)</script>$',
  "`<script>alert(1)</script>`",
  'https://e.org/"onmouseover=alert(1)',
];

const CONSTRUCTS: Record<string, (payload: string) => string> = {
  paragraph: (payload) => payload,
  "middle of a line": (payload) => `a ${payload} b`,
  heading: (payload) => `# ${payload}`,
  list: (payload) => `- ${payload}`,
  quote: (payload) => `> ${payload}`,
  alert: (payload) => `> [!NOTE]\n> ${payload}`,
  table: (payload) => `| a |\n|---|\n| ${payload} |`,
  "link label": (payload) => `[${payload}](https://e.org)`,
  "image text": (payload) => `![${payload}](plot.png "${payload}")`,
  "wiki label": (payload) => `[[setup|${payload}]]`,
  footnote: (payload) => `a[^1]\n\n[^1]: ${payload}`,
  output: (payload) =>
    `\`\`\`python\nx\n\`\`\`\n\`\`\`output\n\x1b[31m${payload}\x1b]8;;javascript:alert(1)\x07\n\`\`\``,
  code: (payload) => `\`\`\`html\n${payload}\n\`\`\``,
  "info string": (payload) => `\`\`\`${payload.replaceAll("`", "")}\na\n\`\`\``,
  "front matter": (payload) => `---\ntitle: ${JSON.stringify(payload)}\nauthor: ${JSON.stringify(payload)}\n---\n`,
  "broken front matter": (payload) => `---\n${payload}: [\n---\n`,
  details: (payload) => `<details><summary>${payload}</summary>\n\n${payload}\n\n</details>`,
};

describe.each(Object.entries(CONSTRUCTS))("no payload gets through: %s", (_name, construct) => {
  test.each(PAYLOADS)("%j", (payload) => expectHarmless(render(construct(payload)).html));
});

test("links to other origins carry rel, in markdown and in HTML", () => {
  const { html } = render(
    "[a](https://e.org) [b](//e.org) <a href='https://e.org'>c</a> <https://e.org> <a href='/\\e.org'>d</a>",
  );
  expect(html.match(/<a /g)).toHaveLength(5);
  expect(html.match(/ rel="nofollow noopener noreferrer"/g)).toHaveLength(5);
});

const TAGS = new Set(
  "p em strong s code pre a img br hr ul ol li blockquote div span sup sub section h1 h2 h3 table thead tbody tr th td details summary b figure figcaption input svg path".split(
    " ",
  ),
);
const ATTRIBUTES =
  /^(?:href|rel|title|src|alt|class|id|role|aria-label|aria-hidden|loading|decoding|data-language|open|type|disabled|style)$/;

/** Reads the HTML tag by tag. The renderer quotes every value and escapes every bracket, so a simple reader can. */
function expectHarmless(html: string): void {
  const rest = html.replace(
    /<\/?([a-zA-Z0-9]+)((?:\s+[^\s=>"]+(?:="[^"<>]*")?)*)\s*>/g,
    (_tag, name: string, attributes: string) => {
      expect(TAGS, html).toContain(name);
      for (const [, attribute = "", value = ""] of attributes.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)) {
        expect(attribute, html).toMatch(ATTRIBUTES);
        if (attribute === "href" || attribute === "src")
          expect(value, html).toMatch(/^(?:https?:|#|\/|data:image\/png)/);
        if (attribute === "id") expect(value, html).not.toBe("page:content");
        if (attribute === "class") expect(value, html).not.toBe("skip");
        // Only KaTeX and terminal colours write styles: lengths and colours.
        if (attribute === "style") expect(value, html).toMatch(/^(?:[a-z-]+:-?[\w.%#() ]+;?)+$/);
      }
      return "";
    },
  );
  expect(rest, html).not.toMatch(/[<>]/);
}
