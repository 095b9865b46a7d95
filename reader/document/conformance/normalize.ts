/**
 * HTML in one form, so that the specifications' examples and this renderer's pages can be compared: parsed as a browser
 * does, without the space between blocks, and without what the renderer adds to every page on purpose. Only exactly those
 * additions go; anything else that differs still shows.
 */
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

export function normalize(html: string): string {
  return contentOf(parseFragment(html).childNodes, false).trim();
}

const BLOCKS = new Set(
  "article blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre script section style summary table tbody td th thead tr ul".split(
    " ",
  ),
);

function contentOf(nodes: readonly Node[], isPre: boolean): string {
  let out = "";
  let text = "";
  const flush = () => {
    out += escaped(isPre ? text : text.replace(/\s+/g, " "));
    text = "";
  };
  for (const node of nodes) {
    if ("value" in node) text += node.value;
    // Else a comment: the renderer leaves them out, and a reader sees none.
    else if ("tagName" in node) {
      flush();
      out += elementOf(node, isPre);
    }
  }
  flush();
  return isPre ? out : out.replace(/\s*(<\/?(?:[a-z0-9]+)[^>]*>)\s*/g, trimAroundBlock);
}

function trimAroundBlock(all: string, tag: string): string {
  const name = /^<\/?([a-z0-9]+)/.exec(tag)?.[1] ?? "";
  return BLOCKS.has(name) ? tag : all;
}

function elementOf(node: Element, isPre: boolean): string {
  if (isOwnBox(node)) return contentOf(node.childNodes, isPre);
  if (isAnchor(node)) return "";
  // markdown-it writes <s>, which is the same to a reader.
  const tag = node.tagName === "s" ? "del" : node.tagName;
  const attributes = attributesOf(node)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .sort()
    .join("");
  return `<${tag}${attributes}>${contentOf(node.childNodes, isPre || tag === "pre")}</${tag}>`;
}

/** The box around a table, a cell or its output, and a colour in code. */
function isOwnBox({ tagName, attrs }: Element): boolean {
  const [only, ...more] = attrs;
  if (only?.name !== "class" || more.length > 0) return false;
  return tagName === "div"
    ? /^(?:table|cell|result)$/.test(only.value)
    : tagName === "span" && /^tok-/.test(only.value);
}

function isAnchor({ tagName, attrs }: Element): boolean {
  return tagName === "a" && attrs.some(({ name, value }) => name === "class" && value === "anchor");
}

function attributesOf({ tagName, attrs }: Element): (readonly [name: string, value: string])[] {
  return attrs.flatMap(({ name, value }) => {
    if (/^h[1-6]$/.test(tagName) && name === "id") return [];
    if (tagName === "a" && name === "rel" && value === "nofollow noopener noreferrer") return [];
    if (tagName === "img" && /^(?:loading|decoding)$/.test(name)) return [];
    if (tagName === "pre" && name === "data-language") return [];
    if (tagName === "li" && name === "class" && value === "task") return [];
    if (tagName === "input" && name === "aria-label") return [];
    if (/^t[dh]$/.test(tagName) && name === "class") return [["align", value.replace(/^align-/, "")] as const];
    return [[name, value] as const];
  });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
