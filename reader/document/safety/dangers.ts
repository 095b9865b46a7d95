/** What a browser would make of a page's content, and what of it must not be there. Parsed as browsers parse. */
import { type DefaultTreeAdapterTypes, parse, html as spec } from "parse5";

type Element = DefaultTreeAdapterTypes.Element;
type Parent = DefaultTreeAdapterTypes.ParentNode;

/** A line for each danger; none for content that is harmless on the site's origin. */
export function dangersIn(content: string): string[] {
  const page = parse(`<!doctype html><body><main><article>${content}</article></main><footer>end</footer>`);
  const found = escapes(page);
  for (const element of elementsIn(page)) found.push(...dangersOf(element));
  return found;
}

/** What is around the article stands where it stood: nothing closed it early, and nothing stays open behind it. */
function escapes(page: Parent): string[] {
  const body = elementsIn(page).find(({ tagName }) => tagName === "body");
  const names = body?.childNodes.map((node) => node.nodeName);
  const main = body?.childNodes[0];
  const footer = body?.childNodes[1];
  const around = main && "childNodes" in main ? main.childNodes.map((node) => node.nodeName) : [];
  const inside = footer && "childNodes" in footer ? footer.childNodes.map((node) => node.nodeName) : [];
  const found = JSON.stringify([names, around, inside]);
  return found === '[["main","footer"],["article"],["#text"]]' ? [] : [`leaves its place: ${found}`];
}

function elementsIn(parent: Parent): Element[] {
  return parent.childNodes.flatMap((node) => ("tagName" in node ? [node, ...elementsIn(node)] : []));
}

const TAGS = new Set(
  `html head body main article footer
  a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure
  h1 h2 h3 h4 h5 h6 hr i iframe img input ins kbd li mark ol p path pre q rp rt ruby s samp section small span strike strong sub
  summary sup svg table tbody td tfoot th thead time tr tt u ul var wbr`.split(/\s+/),
);

const ATTRIBUTES = new Set(
  `align alt aria-hidden aria-label checked cite class colspan d data-language datetime decoding dir disabled height href id
  lang loading open preserveAspectRatio referrerpolicy rel reversed role rowspan sandbox scope span src start style title type valign value
  viewBox width xmlns`.split(/\s+/),
);

/** What the renderer and KaTeX write. */
const CLASSES =
  /^(?:problem|unresolved|table|cell|result|output|traceback|card|authors|date|abstract|abstract-title|anchor|footnotes|footnote-(?:ref|back)|alert|alert-(?:title|note|tip|important|warning|caution)|task|left|right|wide|small|align-(?:left|center|right)|math|math-display|math-source|formula|frame|diagram|language-\S+|tok-[\w-]+|ansi-[\w-]+)$/;

function dangersOf(element: Element): string[] {
  const { tagName, attrs, namespaceURI } = element;
  const found: string[] = [];
  const isMath = isWithin(element, "katex");
  if (!TAGS.has(tagName)) found.push(`<${tagName}>`);
  if (namespaceURI !== spec.NS.HTML && !isMath) found.push(`<${tagName}> of ${namespaceURI}`);
  for (const { name, value } of attrs) {
    if (!ATTRIBUTES.has(name)) found.push(`<${tagName} ${name}>`);
    if (name === "href" || name === "src" || name === "cite") found.push(...dangersOfUrl(tagName, name, value));
    if (name === "style" && !isHarmlessStyle(element, value)) found.push(`style="${value}"`);
    if (name === "id" && value.includes(":") && !/^fn(?:ref)?:\d+(?::\d+)?$/.test(value)) found.push(`id="${value}"`);
    if (
      name === "class" &&
      !isMath &&
      !value.split(/\s+/).every((word) => CLASSES.test(word) || word === "katex-display")
    )
      found.push(`class="${value}"`);
  }
  if (tagName === "iframe" && !isOurFrame(element)) found.push("a frame that is not ours");
  if (tagName === "input" && attribute(element, "type") !== "checkbox") found.push("a form field");
  return found;
}

/** Its address is the site's, and what it shows gets no origin. */
function isOurFrame(element: Element): boolean {
  const isOwn = /^\/(?:frames\/\d+|files\/_assets\/generated\/[0-9a-f]+\.html|reader\/diagram\/#.*)$/.test(
    attribute(element, "src") ?? "",
  );
  return (
    isOwn &&
    attribute(element, "sandbox") === "allow-scripts allow-popups allow-downloads" &&
    !attribute(element, "srcdoc")
  );
}

/** Read as a browser reads it, on a page of a site. */
function dangersOfUrl(tagName: string, name: string, value: string): string[] {
  let protocol = "";
  try {
    protocol = new URL(value, "https://site.example/page").protocol;
  } catch {
    return [];
  }
  const isImage = tagName === "img" && /^data:image\/(?:png|gif|jpeg|webp|avif);/i.test(value);
  return isImage || /^(?:https?|mailto|tel|xmpp):$/.test(protocol) ? [] : [`${name}="${value}"`];
}

/** KaTeX writes lengths and colours, terminals colours, and nothing else writes any. */
function isHarmlessStyle(element: Element, value: string): boolean {
  if (!isWithin(element, "katex") && !isWithin(element, "output")) return false;
  return value
    .split(";")
    .every((part) =>
      /^(?:|[a-z-]+:\s*(?:-?[\d.]+(?:em|%)?|[a-z]+|#[0-9a-f]{3,8}|rgb\([\d ]+\)|[\d.em %-]+))$/i.test(part.trim()),
    );
}

function isWithin(element: Element, className: string): boolean {
  for (let at: Parent | null = element; at && "tagName" in at; at = at.parentNode) {
    if (attribute(at, "class")?.split(/\s+/).includes(className)) return true;
  }
  return false;
}

function attribute({ attrs }: Element, wanted: string): string | undefined {
  return attrs.find(({ name }) => name === wanted)?.value;
}
