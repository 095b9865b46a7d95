/**
 * The examples of GitHub Flavored Markdown 0.29 (https://github.github.com/gfm/, CC BY-SA 4.0) for what it adds to
 * CommonMark, under their numbers there. Kept here because no package on npm carries them.
 */
export interface Example {
  readonly number: number;
  readonly markdown: string;
  readonly html: string;
}

const example = (number: number, markdown: string, html: string): Example => ({ number, markdown, html });

const head = (...cells: string[]) => `<thead><tr>${cells.map((cell) => `<th>${cell}</th>`).join("")}</tr></thead>`;
const row = (...cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
const link = (href: string, text = href) => `<a href="${href}">${text}</a>`;

export const TABLES: readonly Example[] = [
  example(
    198,
    "| foo | bar |\n| --- | --- |\n| baz | bim |",
    `<table>${head("foo", "bar")}<tbody>${row("baz", "bim")}</tbody></table>`,
  ),
  example(
    199,
    "| abc | defghi |\n:-: | -----------:\nbar | baz",
    '<table><thead><tr><th align="center">abc</th><th align="right">defghi</th></tr></thead>' +
      '<tbody><tr><td align="center">bar</td><td align="right">baz</td></tr></tbody></table>',
  ),
  example(
    200,
    "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |",
    `<table>${head("f|oo")}<tbody>${row("b <code>|</code> az")}${row("b <strong>|</strong> im")}</tbody></table>`,
  ),
  example(
    201,
    "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar",
    `<table>${head("abc", "def")}<tbody>${row("bar", "baz")}</tbody></table><blockquote><p>bar</p></blockquote>`,
  ),
  example(
    202,
    "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar",
    `<table>${head("abc", "def")}<tbody>${row("bar", "baz")}${row("bar", "")}</tbody></table><p>bar</p>`,
  ),
  example(203, "| abc | def |\n| --- |\n| bar |", "<p>| abc | def | | --- | | bar |</p>"),
  example(
    204,
    "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |",
    `<table>${head("abc", "def")}<tbody>${row("bar", "")}${row("bar", "baz")}</tbody></table>`,
  ),
  example(205, "| abc | def |\n| --- | --- |", `<table>${head("abc", "def")}</table>`),
];

const OPEN = '<input disabled="" type="checkbox">';
const DONE = '<input checked="" disabled="" type="checkbox">';

export const TASK_LISTS: readonly Example[] = [
  example(279, "- [ ] foo\n- [x] bar", `<ul><li>${OPEN} foo</li><li>${DONE} bar</li></ul>`),
  example(
    280,
    "- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim",
    `<ul><li>${DONE} foo<ul><li>${OPEN} bar</li><li>${DONE} baz</li></ul></li><li>${OPEN} bim</li></ul>`,
  ),
];

export const STRIKETHROUGH: readonly Example[] = [
  example(491, "~~Hi~~ Hello, ~there~ world!", "<p><del>Hi</del> Hello, <del>there</del> world!</p>"),
  example(492, "This ~~has a\n\nnew paragraph~~.", "<p>This ~~has a</p><p>new paragraph~~.</p>"),
  example(493, "This will ~~~not~~~ strike.", "<p>This will ~~~not~~~ strike.</p>"),
];

const SEARCH = "www.google.com/search?q=Markup+(business)";
const searchLink = link(`http://${SEARCH}`, SEARCH);
const COMMONMARK = link("http://www.commonmark.org", "www.commonmark.org");

export const AUTOLINKS: readonly Example[] = [
  example(622, "www.commonmark.org", `<p>${COMMONMARK}</p>`),
  example(
    623,
    "Visit www.commonmark.org/help for more information.",
    `<p>Visit ${link("http://www.commonmark.org/help", "www.commonmark.org/help")} for more information.</p>`,
  ),
  example(
    624,
    "Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.",
    `<p>Visit ${COMMONMARK}.</p><p>Visit ${link("http://www.commonmark.org/a.b", "www.commonmark.org/a.b")}.</p>`,
  ),
  example(
    625,
    `${SEARCH}\n\n${SEARCH}))\n\n(${SEARCH})\n\n(${SEARCH}`,
    `<p>${searchLink}</p><p>${searchLink}))</p><p>(${searchLink})</p><p>(${searchLink}</p>`,
  ),
  example(
    626,
    "www.google.com/search?q=(business))+ok",
    `<p>${link("http://www.google.com/search?q=(business))+ok", "www.google.com/search?q=(business))+ok")}</p>`,
  ),
  example(
    627,
    "www.google.com/search?q=commonmark&hl=en\n\nwww.google.com/search?q=commonmark&hl;",
    `<p>${link("http://www.google.com/search?q=commonmark&amp;hl=en", "www.google.com/search?q=commonmark&amp;hl=en")}</p>` +
      `<p>${link("http://www.google.com/search?q=commonmark", "www.google.com/search?q=commonmark")}&amp;hl;</p>`,
  ),
  example(
    628,
    "www.commonmark.org/he<lp",
    `<p>${link("http://www.commonmark.org/he", "www.commonmark.org/he")}&lt;lp</p>`,
  ),
  example(
    629,
    "http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))",
    `<p>${link("http://commonmark.org")}</p>` +
      `<p>(Visit ${link("https://encrypted.google.com/search?q=Markup+(business)")})</p>`,
  ),
  example(630, "foo@bar.baz", `<p>${link("mailto:foo@bar.baz", "foo@bar.baz")}</p>`),
  example(
    631,
    "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
    `<p>hello@mail+xyz.example isn't valid, but ${link("mailto:hello+xyz@mail.example", "hello+xyz@mail.example")} is.</p>`,
  ),
  example(
    632,
    "a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_",
    `<p>${link("mailto:a.b-c_d@a.b", "a.b-c_d@a.b")}</p><p>${link("mailto:a.b-c_d@a.b", "a.b-c_d@a.b")}.</p>` +
      "<p>a.b-c_d@a.b-</p><p>a.b-c_d@a.b_</p>",
  ),
  example(
    633,
    "mailto:foo@bar.baz\n\nmailto:a.b-c_d@a.b\n\nmailto:a.b-c_d@a.b.\n\nmailto:a.b-c_d@a.b/\n\n" +
      "mailto:a.b-c_d@a.b-\n\nmailto:a.b-c_d@a.b_\n\nxmpp:foo@bar.baz\n\nxmpp:foo@bar.baz.",
    `<p>${link("mailto:foo@bar.baz")}</p><p>${link("mailto:a.b-c_d@a.b")}</p><p>${link("mailto:a.b-c_d@a.b")}.</p>` +
      `<p>${link("mailto:a.b-c_d@a.b")}/</p><p>mailto:a.b-c_d@a.b-</p><p>mailto:a.b-c_d@a.b_</p>` +
      `<p>${link("xmpp:foo@bar.baz")}</p><p>${link("xmpp:foo@bar.baz")}.</p>`,
  ),
  example(
    634,
    "xmpp:foo@bar.baz/txt\n\nxmpp:foo@bar.baz/txt@bin\n\nxmpp:foo@bar.baz/txt@bin.com",
    `<p>${link("xmpp:foo@bar.baz/txt")}</p><p>${link("xmpp:foo@bar.baz/txt@bin")}</p>` +
      `<p>${link("xmpp:foo@bar.baz/txt@bin.com")}</p>`,
  ),
  example(635, "xmpp:foo@bar.baz/txt/bin", `<p>${link("xmpp:foo@bar.baz/txt")}/bin</p>`),
];

export const DISALLOWED_HTML: readonly Example[] = [
  example(
    657,
    "<strong> <title> <style> <em>\n\n<blockquote>\n  <xmp> is disallowed.  <XMP> is also disallowed.\n</blockquote>",
    "<p><strong> &lt;title> &lt;style> <em></p>" +
      "<blockquote>\n  &lt;xmp> is disallowed.  &lt;XMP> is also disallowed.\n</blockquote>",
  ),
];
