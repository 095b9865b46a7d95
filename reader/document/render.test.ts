import { describe, expect, test } from "vitest";
import { context, render } from "./fixture.ts";
import { renderDocument } from "./render.ts";

const html = (source: string) => render(source).html;

describe("CommonMark and GitHub's extensions", () => {
  test.each([
    ["*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"],
    ["a\\\nb", "<p>a<br>\nb</p>\n"],
    ["> a\nb", "<blockquote>\n<p>a\nb</p>\n</blockquote>\n"],
    ["1) a\n2) b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"],
    ["    code", "<pre><code>code\n</code></pre>\n"],
    ["---", "<hr>\n"],
    [
      "[a]\n\n[a]: https://e.org 't'",
      '<p><a href="https://e.org" title="t" rel="nofollow noopener noreferrer">a</a></p>\n',
    ],
    ["~~a~~", "<p><s>a</s></p>\n"],
    ["&copy; &#35; \\*", "<p>© # *</p>\n"],
  ])("%j", (source, expected) => expect(html(source)).toBe(expected));

  test("a table scrolls in its own box and aligns without style attributes", () => {
    const table = html("| a | b |\n|--:|:-:|\n| 1 | 2 |");
    expect(table).toContain('<div class="table">');
    expect(table).toContain('<td class="align-right">1</td>\n<td class="align-center">2</td>');
    expect(table).not.toContain("style=");
  });

  test("task items show their state", () => {
    const list = html("- [ ] open\n- [x] done\n- [y] text");
    expect(list).toContain('<li class="task"><input type="checkbox" disabled aria-label="open"> open</li>');
    expect(list).toContain('<input type="checkbox" disabled checked aria-label="done"> done');
    expect(list).toContain("<li>[y] text</li>");
  });

  test("addresses become links, file names don't", () => {
    const text = html("https://e.org/a. www.e.org, setup.py README.md");
    expect(text).toContain('<a href="https://e.org/a"');
    expect(text).toContain('<a href="http://www.e.org"');
    expect(text).toContain(", setup.py README.md</p>");
  });

  test("marks that start nothing are text", () => {
    expect(html("a-b=c#d%e+f@g^h{i}j>k: l! m!*n* 1://2")).toBe(
      "<p>a-b=c#d%e+f@g^h{i}j&gt;k: l! m!<em>n</em> 1://2</p>\n",
    );
  });

  test("addresses are encoded where they must be, and only there", () => {
    expect(html("[a](https://e.org/%20b?c=d&e#f(g))")).toContain('href="https://e.org/%20b?c=d&amp;e#f(g)"');
    expect(html("[a](<https://bücher.example/ü b%zz[1]>)")).toContain(
      'href="https://xn--bcher-kva.example/%C3%BC%20b%25zz%5B1%5D"',
    );
  });

  test("an address in a link, in code or behind a word is none of its own", () => {
    expect(html("[https://e.org/a_b](setup.md)").match(/<a /g)).toHaveLength(1);
    expect(html('<a href="https://e.org">www.e.org</a>').match(/<a /g)).toHaveLength(1);
    expect(html("`https://e.org` xhttps://e.org awww.e.org")).not.toContain("<a ");
  });

  test("underscores and brackets in an address stay in it", () => {
    expect(html("*https://e.org/_a_/b[1]*")).toContain('<em><a href="https://e.org/_a_/b%5B1%5D"');
  });
});

describe("alerts", () => {
  test.each(["NOTE", "tip", "IMPORTANT", "WARNING", "CAUTION"])("[!%s]", (kind) => {
    const alert = html(`> [!${kind}]\n> **a**\n>\n> b`);
    expect(alert).toContain(`<div class="alert alert-${kind.toLowerCase()}">`);
    expect(alert).toContain("<p><strong>a</strong></p>\n<p>b</p>\n</div>");
  });

  test("an unknown kind, or text behind the mark, stays a quote", () => {
    expect(html("> [!FUN]\n> a")).toContain("<blockquote>");
    expect(html("> [!NOTE] a")).toContain("<blockquote>");
  });
});

describe("footnotes", () => {
  test("are numbered by first use, and lead back to every place", () => {
    const text = html("a[^b] c[^a] d[^b]\n\n[^a]: First.\n[^b]: Second.\n\n    More.\n[^c]: Unused.");
    expect(text).toContain('<a href="#fn:1" id="fnref:1" aria-label="Footnote 1">1</a></sup> c');
    expect(text).toMatch(
      /<li id="fn:1">\n<p>Second.<\/p>\n<p>More. <a href="#fnref:1"[^>]*>↩︎<\/a> <a href="#fnref:1:2"/,
    );
    expect(text).not.toContain("Unused");
  });

  test("a reference without a note stays text", () => expect(html("a[^x]")).toBe("<p>a[^x]</p>\n"));
});

describe("nesting", () => {
  test("is kept as deep as anybody reads, and shown as written below that", () => {
    const list = (levels: number) =>
      Array.from({ length: levels }, (_, i) => `${"  ".repeat(i)}- item ${i}`).join("\n");
    expect(html(list(10))).not.toContain("problem");
    expect(html(list(12))).toMatch(
      /item 9[\s\S]*<p class="problem" role="note">Nested deeper than 20 levels[^<]*<\/p>\n<pre><code>item 10\n- item 11\n?<\/code>/,
    );
    expect(html(`${"> ".repeat(25)}deep\n\nAfter`)).toMatch(
      /<pre><code>(?:&gt; ){4}deep\n?<\/code>[\s\S]*<p>After<\/p>\n$/,
    );
  });
});

describe("headings", () => {
  test("have unique ids as on GitHub, and stand in the outline as plain text", () => {
    const { headings } = render("# Größe & *Form*\n## `f(x)`\n## `f(x)`\n## f(x)-1\n## [[setup]] $x$\n## 日本");
    expect(headings).toEqual([
      { level: 1, id: "größe--form", text: "Größe & Form" },
      { level: 2, id: "fx", text: "f(x)" },
      { level: 2, id: "fx-1", text: "f(x)" },
      { level: 2, id: "fx-1-1", text: "f(x)-1" },
      { level: 2, id: "setup-x", text: "Setup x" },
      { level: 2, id: "日本", text: "日本" },
    ]);
  });

  test("the long title is the first `#`, wherever it stands", () => {
    expect(render("## a\n# b").heading).toBe("b");
    expect(render("a").heading).toBeNull();
  });
});

describe("links", () => {
  test("to pages and files of the project are resolved", () => {
    expect(html("[a](setup.md#Part)")).toContain('<a href="/site/setup#Part">a</a>');
    expect(html("[a](data.csv)")).toContain('<a href="/files/data.csv">a</a>');
    expect(html("[a](#part)")).toContain('<a href="#part">a</a>');
  });

  test("to nothing are shown as such", () => {
    expect(html("[**a**](gone.md)")).toContain(
      '<span class="unresolved" title="There is no file “gone.md”"><strong>a</strong></span>',
    );
    expect(html("![alt](gone.png)")).toContain(
      '<span class="unresolved" title="There is no file “gone.png”">alt</span>',
    );
  });
});

describe("wiki links", () => {
  test.each([
    ["[[setup]]", '<a href="/site/setup">Setup</a>'],
    ["[[guide/config#Advanced Part|label]]", '<a href="/site/guide/config#advanced-part">label</a>'],
    ["[[guide/config#Advanced Part]]", '<a href="/site/guide/config#advanced-part">Configuration › Advanced Part</a>'],
    ["[[#Part]]", '<a href="#part">Part</a>'],
    ["[[gone]]", '<span class="unresolved" title="There is no page “gone”">gone</span>'],
    ["`[[setup]]`", "<code>[[setup]]</code>"],
    ["[[a]]\n\n[a]: data.csv", '[<a href="/files/data.csv">a</a>]'],
    ["[[setup]](data.csv)", '<a href="/files/data.csv">[setup]</a>'],
  ])("%s", (source, expected) => expect(html(source)).toBe(`<p>${expected}</p>\n`));

  test("work in a table with an escaped bar", () => {
    expect(html("| a |\n|---|\n| [[setup\\|b]] |")).toContain('<td><a href="/site/setup">b</a></td>');
  });
});

describe("figures", () => {
  test("a title is the caption", () => {
    expect(html('![alt](plot.png "A *caption*")')).toBe(
      '<figure><img src="/files/plot.png" alt="alt" loading="lazy" decoding="async"><figcaption>A *caption*</figcaption></figure>\n',
    );
  });

  test("modifiers place it", () => {
    expect(html("![a](plot.png)>_")).toContain('<figure class="right small">');
    expect(html("![a](plot.png)^")).toContain('<figure class="wide">');
    expect(html("![a](plot.png) > b")).toContain("<p><img");
  });
});

test("images whose size is known say it, unless the author does", () => {
  const sized = { ...context, sizeOf: () => ({ width: 640, height: 480 }) };
  const images = (source: string) => renderDocument(source, sized).html.match(/<img [^>]*>/g);
  const size = ' width="640" height="480"';
  expect(images("![a](plot.png) ![b](https://e.org/x.png) <img src='plot.png' alt='c'>")).toEqual([
    `<img src="/files/plot.png" alt="a"${size} loading="lazy" decoding="async">`,
    '<img src="https://e.org/x.png" alt="b" loading="lazy" decoding="async">',
    `<img src="/files/plot.png" alt="c"${size} loading="lazy" decoding="async">`,
  ]);
  expect(images('<img src="plot.png" width="40">')).toEqual([
    '<img src="/files/plot.png" width="40" alt="" loading="lazy" decoding="async">',
  ]);
});

describe("cells", () => {
  test("hold the output and the generated files behind them", () => {
    const cell = html(
      "```python gpu\nf()\n```\n\n```output\n\x1b[31mred\x1b[0m <b>\n```\n\n![plot](_assets/generated/3f9a.png)\n\n[interactive output](_assets/generated/3f9a.html)\n\nText",
    );
    expect(cell).toMatch(
      /^<div class="cell">\n<pre data-language="python">[\s\S]*<div class="result">\n<pre class="output"><span class="ansi-1">red<\/span> &lt;b&gt;\n<\/pre>\n<p><img[^>]*><\/p>\n<p><a href="\/files\/_assets\/generated\/3f9a.html">interactive output<\/a><\/p>\n<\/div>\n<\/div>\n<p>Text<\/p>\n$/,
    );
  });

  test("leave a person's own image, and a block behind other code, alone", () => {
    expect(html("```python\nf()\n```\n\n![a](plot.png)")).not.toContain("cell");
    expect(html("```yaml config\na: 1\n```\n\n```output\na\n```")).not.toContain("cell");
  });

  test("the older form of output is output", () => {
    expect(html("```output:exec-12\na\n```")).toBe('<pre class="output">a\n</pre>\n');
  });
});

describe("front matter", () => {
  test("is a card under the document's title", () => {
    const {
      html: text,
      title,
      frontMatter,
    } = render(
      "---\ntitle: T\nauthors: [Ada, {name: Grace}]\ndate: 2026-01-02\nabstract: Short.\n---\n# Long title\nText",
    );
    expect(title).toBe("T");
    expect(frontMatter.date).toBe("2026-01-02");
    expect(text).toMatch(
      /^<h1 id="long-title">[\s\S]*<div class="card">[\s\S]*Ada, Grace[\s\S]*2026-01-02[\s\S]*Short\.[\s\S]*Text/,
    );
    expect(text).not.toContain("<h1>T</h1>");
  });

  test("gives the title where the document has none", () =>
    expect(html("---\ntitle: T <b>\n---\n")).toContain("<h1>T &lt;b&gt;</h1>"));

  test("that is wrong is named, and never shown as text", () => {
    const { html: text, frontMatter } = render("---\na: [\n---\nText");
    expect(text).toMatch(/^<p class="problem" role="note">The front matter can’t be read: [\s\S]*<\/p>\n<p>Text<\/p>/);
    expect(frontMatter).toEqual({});
  });

  test("two thematic breaks are not front matter", () => expect(html("---\nJust text\n---\n")).toContain("Just text"));
});

describe("raw HTML", () => {
  test("details, and markdown inside", () => {
    expect(html("<details><summary>More</summary>\n\n*a*\n\n</details>")).toBe(
      "<details><summary>More</summary>\n<p><em>a</em></p>\n</details>",
    );
  });

  test("comments are not shown", () =>
    expect(html("a\n\n<!--! note\n\nto self !-->\n\nb <!-- c -->")).toBe("<p>a</p>\n\n<p>b </p>\n"));

  test("what is never closed doesn't take the rest of the page along without a word", () => {
    expect(html("<style>\n\nText")).toContain("Text");
    expect(html("Shown\n\n<!-- hidden\n\nText")).toMatch(
      /Shown[\s\S]*A comment that begins here with <code>&lt;!--<\/code> is never closed: what follows is not shown/,
    );
    expect(html("<!--> Text")).toContain("Text");
  });

  test("angle brackets that HTML doesn't know are the author's", () => {
    expect(html("vector<int> and <T>")).toBe("<p>vector&lt;int&gt; and &lt;T&gt;</p>\n");
  });

  test("links and images in it are resolved too", () => {
    expect(html('a <img src="plot.png" width="40"> <a href="https://e.org">b</a>')).toBe(
      '<p>a <img src="/files/plot.png" width="40" alt="" loading="lazy" decoding="async"> <a href="https://e.org" rel="nofollow noopener noreferrer">b</a></p>\n',
    );
  });

  test("can't end the page around it, and is closed where its block ends", () => {
    expect(html("</div></article></main>\n\na")).not.toMatch(/<\/(div|article|main)>/);
    expect(html("- <b>a\n- c")).toBe("<ul>\n<li><b>a</b></li>\n<li>c</li>\n</ul>\n");
    expect(html("<div>\n\na")).toBe("<div>\n<p>a</p>\n</div>");
  });
});
