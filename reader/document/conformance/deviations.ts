/**
 * Where pages differ from the specifications on purpose: by reason, the number of each example and what it gives here (in the
 * form of normalize.ts). An example that is not listed gives what the specification says.
 */
type Outputs = Readonly<Record<number, string>>;

export const COMMONMARK: Readonly<Record<string, Outputs>> = {
  "a document can't bring classes, styles, or attributes that no reader sees": {
    152: "<div><p><em>Markdown</em></p></div>",
    153: '<div id="foo"></div>',
    154: '<div id="foo"></div>',
    164: "<i> *bar* </i>",
    169: "<pre><code>\nimport Text.HTML.TagSoup\n\nmain :: IO ()\nmain = print $ parseTags tags\n</code></pre><p>okay</p>",
    616: "<p><a></a></p>",
  },
  "scripts, styles and form fields are not for readers": {
    170: "<p>okay</p>",
    171: "",
    172: "<p>okay</p>",
    176: "<p><em>foo</em></p>",
    178: "1. *bar*",
  },
  "one that is never closed is shown, or it would take the rest of the page along": {
    173: "&lt;style type=&quot;text/css&quot;> foo",
  },
  "angle brackets around what HTML doesn't know are the author's own": {
    150: "<div>*hello* &lt;foo><a> </a></div>",
    163: "&lt;Warning> *bar* &lt;/Warning>",
    201: "<p>[foo]: &lt;bar>(baz)</p><p>[foo]</p>",
    491: "<p>[link](&lt;foo bar>)</p>",
    524: "<p>[foo &lt;bar attr=&quot;](baz)&quot;></p>",
    536: "<p>[foo &lt;bar attr=&quot;][ref]&quot;></p>",
    613: "<p><a>&lt;bab>&lt;c2c></a></p>",
    614: "<p><a>&lt;b2/></a></p>",
    615: "<p><a>&lt;b2 data=&quot;foo&quot; ></a></p>",
    617: "<p>Foo &lt;responsive-image src=&quot;foo.jpg&quot; /></p>",
    623: "<p>&lt;/foo ></p>",
  },
  "a tag without an end is text": {
    156: "&lt;div id=&quot;foo&quot; *hi*",
    157: "&lt;div class foo",
    158: "&lt;div *???-&amp;&amp;&amp;-&lt;--- *foo*",
  },
  "an element ends with the block that it was opened in, and can't be closed from another": {
    148: "<table><tbody><tr><td><pre>**Hello**,<p><em>world</em>.</p></pre></td></tr></tbody></table>",
    187: '<p>Foo <a href="bar"> baz</a></p>',
    344: '<p><a href="`">`</a></p>',
    476: '<p>**<a href="**"></a></p>',
    477: '<p>__<a href="__"></a></p>',
    494: "<p>[a](&lt;b)c [a](&lt;b)c> [a](<b>c)</b></p>",
    630: '<p>foo <a href="ö"></a></p>',
    631: '<p>foo <a href="\\*"></a></p>',
    // A line break in an address is none to a browser either.
    642: '<p><a href="foo  bar"></a></p>',
    643: '<p><a href="foo\\bar"></a></p>',
  },
  "an image always says what it shows, or that it shows nothing": {
    475: '<p>*<img alt="" src="foo" title="*"></img></p>',
  },
  "`[[…]]` is a wiki link, and one that leads nowhere is shown as such": {
    548: `<p>[${noPage("foo")}]</p><p>[${noPage("foo")}]: /url</p>`,
    590: `<p>!${noPage("foo")}</p><p>${noPage("foo")}: /url &quot;title&quot;</p>`,
  },
  "an image that stands alone has its title as caption": {
    572: figure("foo", "/url", "title"),
    573: figure("foo bar", "train.jpg", "train &amp; tracks"),
    576: figure("foo bar", "train.jpg", "train &amp; tracks"),
    577: figure("foo bar", "train.jpg", "train &amp; tracks"),
    584: figure("foo", "/url", "title"),
    585: figure("foo bar", "/url", "title"),
    586: figure("Foo", "/url", "title"),
    588: figure("foo", "/url", "title"),
    589: figure("foo bar", "/url", "title"),
    591: figure("Foo", "/url", "title"),
  },
  "a scheme that pages don't link to stays text": {
    596: "<p><span>irc://foo.bar:2233/baz</span></p>",
    598: "<p><span>a+b+c:d</span></p>",
    599: "<p><span>made-up-scheme://foo,bar</span></p>",
    601: "<p><span>localhost:5001/foo</span></p>",
  },
  "GitHub links addresses without brackets (GFM 6.9)": {
    602: '<p>&lt;<a href="https://foo.bar/baz">https://foo.bar/baz</a> bim></p>',
    608: '<p>&lt; <a href="https://foo.bar">https://foo.bar</a> ></p>',
    611: '<p><a href="https://example.com">https://example.com</a></p>',
    612: '<p><a href="mailto:foo@bar.example.com">foo@bar.example.com</a></p>',
  },
};

export const GFM: Readonly<Record<string, Outputs>> = {
  "an element ends with the block that it was opened in": {
    657:
      "<p><strong> &lt;title> &lt;style> <em></em></strong></p>" +
      "<blockquote>&lt;xmp> is disallowed. &lt;XMP> is also disallowed.</blockquote>",
  },
};

function noPage(target: string): string {
  return `<span class="unresolved" title="There is no page “${target}”">${target}</span>`;
}

function figure(alt: string, src: string, caption: string): string {
  return `<figure><img alt="${alt}" src="${src}"></img><figcaption>${caption}</figcaption></figure>`;
}
