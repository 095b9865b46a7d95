/** Which elements and attributes of raw HTML a page shows. What is not here can't be written by a document. */

const GLOBAL = ["title", "lang", "dir", "id", "align", "aria-label"];

/** Allowed elements with their attributes beyond the global ones. No `style`, `class`, `name` or `on…` on any. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ["href"],
  img: ["src", "alt", "width", "height"],
  details: ["open"],
  ol: ["start", "reversed", "type"],
  li: ["value"],
  td: ["colspan", "rowspan", "valign"],
  th: ["colspan", "rowspan", "valign", "scope"],
  col: ["span"],
  colgroup: ["span"],
  time: ["datetime"],
  del: ["datetime", "cite"],
  ins: ["datetime", "cite"],
};

const PLAIN = `abbr b bdi bdo blockquote br caption center cite code dd dfn div dl dt em figcaption figure
  h1 h2 h3 h4 h5 h6 hr i kbd mark p pre q rp rt ruby s samp section small span strike strong sub summary sup
  table tbody tfoot thead tr tt u ul var wbr`;

const ALLOWED = new Map<string, ReadonlySet<string>>(
  [...PLAIN.split(/\s+/), ...Object.keys(ATTRIBUTES)].map((tag) => [
    tag,
    new Set([...GLOBAL, ...(ATTRIBUTES[tag] ?? [])]),
  ]),
);

/** The attributes that `tag` may have, or null if the element is not allowed. */
export function attributesOf(tag: string): ReadonlySet<string> | null {
  return ALLOWED.get(tag) ?? null;
}

export const VOID = new Set(["br", "col", "hr", "img", "wbr"]);

/** Elements whose content is not text for readers: it goes with the tag. */
export const DROPPED_WITH_CONTENT = new Set(
  "script style template iframe object noscript noembed noframes textarea title select svg math xmp plaintext head".split(
    " ",
  ),
);

/** Those of them that GitHub shows as text (GFM 6.11). Here that goes for a lone tag. */
export const SHOWN_IF_OPEN = new Set("title textarea style xmp iframe noembed noframes script plaintext".split(" "));

/** Elements of HTML that are dropped, their content kept. Any other unknown name is the author's own angle brackets. */
export const DROPPED = new Set(
  `address applet area article aside audio base basefont bgsound big blink body button canvas data datalist dialog dir embed
  fieldset font footer form frame frameset header hgroup html image input isindex keygen label legend link listing main map
  marquee menu meta meter nav nobr optgroup option output param picture progress search slot source track video`.split(
    /\s+/,
  ),
);
