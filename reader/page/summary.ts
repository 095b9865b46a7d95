/** What stands for a page where it is linked to: a few words and a picture, from its rendered text. */

export interface Picture {
  /** As it stands in the page. */
  readonly src: string;
  readonly alt: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** About what search engines and messengers show. */
const MAX_CHARS = 200;
/** Paragraphs that are looked at; documents that open with more pictures and formulas have no summary. */
const MAX_PARAGRAPHS = 20;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The first paragraph with words in it, as plain text, or null. `article` is what renderDocument wrote. */
export function summaryOf(article: string): string | null {
  let at = 0;
  for (let count = 0; count < MAX_PARAGRAPHS; count++) {
    const from = article.indexOf("<p>", at);
    const to = from === -1 ? -1 : article.indexOf("</p>", from);
    if (to === -1) return null;
    const inner = article.slice(from + 3, to);
    // A formula as text is its source and its signs, twice.
    const text = inner.includes('class="katex') ? "" : plain(inner);
    if (/\p{L}/u.test(text)) return shortened(text);
    at = to;
  }
  return null;
}

/** At most as much as a description may have, cut between words. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= MAX_CHARS) return line;
  const cut = line.slice(0, MAX_CHARS);
  const end = cut.lastIndexOf(" ");
  return `${(end > MAX_CHARS / 2 ? cut.slice(0, end) : cut).toWellFormed()}…`;
}

/** The first picture that others can show: they take no SVG and nothing inline. */
export function firstPictureOf(article: string): Picture | null {
  for (const [tag] of article.matchAll(/<img [^>]*>/g)) {
    const src = attribute(tag, "src");
    if (!src || src.startsWith("data:") || /\.svg(?:[?#]|$)/i.test(src)) continue;
    const size = (name: string) => Number(attribute(tag, name)) || null;
    return { src, alt: attribute(tag, "alt") ?? "", width: size("width"), height: size("height") };
  }
  return null;
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? null : plain(value);
}

function plain(html: string): string {
  return html.replace(/<[^>]*>/g, "").replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
}
