/** Where the links of a document stand: of markdown, of raw HTML, and `[[wiki links]]` (formats.md §1, "Links"). */
import { parser } from "@lezer/markdown";

export interface LinkPlace {
  /** `wiki`: what stands between `[[` and `#`, `|` or `]]`. `address`: a destination of markdown, or an attribute's value. */
  readonly kind: "wiki" | "address";
  /** UTF-16 offsets of the target alone, without brackets and quotes. */
  readonly from: number;
  readonly to: number;
  /** As it is meant: without backslash escapes. */
  readonly target: string;
}

const HTML_TARGET = /\b(?:src|href|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/dgi;
/** In a table, a backslash stands before the bar. */
const WIKI = /\[\[([^[\]|#\n]{1,300}?)(?:#[^[\]|\n]*?)?(?:\\?\|[^[\]\n]{1,300})?\]\](?![([])/dg;
/** In these, `[[` is text. */
const LITERAL = new Set(["FencedCode", "CodeBlock", "InlineCode", "Comment", "CommentBlock", "HTMLTag", "HTMLBlock"]);

/** In the order of the text. */
export function linkPlaces(source: string): LinkPlace[] {
  const places: LinkPlace[] = [];
  const literal: { readonly from: number; readonly to: number }[] = [];
  const add = (kind: LinkPlace["kind"], from: number, to: number) =>
    places.push({ kind, from, to, target: withoutEscapes(source.slice(from, to)) });
  parser.parse(source).iterate({
    enter({ name, from, to }) {
      if (LITERAL.has(name)) literal.push({ from, to });
      if (name === "URL") {
        const isBracketed = source[from] === "<" && source[to - 1] === ">";
        add("address", from + Number(isBracketed), to - Number(isBracketed));
      }
      if (name === "HTMLBlock" || name === "HTMLTag") {
        for (const { indices } of source.slice(from, to).matchAll(HTML_TARGET)) {
          const value = indices?.[1] ?? indices?.[2] ?? indices?.[3];
          if (value) add("address", from + value[0], from + value[1]);
        }
      }
    },
  });
  for (const { indices } of source.matchAll(WIKI)) {
    const target = indices?.[1];
    if (target && !literal.some(({ from, to }) => from <= target[0] && target[1] <= to))
      add("wiki", ...trimmed(target));
  }
  return places.sort((a, b) => a.from - b.from);

  function trimmed([from, to]: readonly [number, number]): [number, number] {
    const text = source.slice(from, to);
    return [from + text.length - text.trimStart().length, to - (text.length - text.trimEnd().length)];
  }
}

/** Backslash escapes of CommonMark §2.4. */
function withoutEscapes(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
