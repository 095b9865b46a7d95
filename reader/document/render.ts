/**
 * A markdown document as HTML. Pure: the same source and context give the same bytes in workerd, in a browser and in
 * Node, so that the editor shows what readers will see.
 */

import { splitFrontMatter } from "../../shared/document/front-matter.ts";
import { html } from "../html/html.ts";
import { type Block, renderBlocks } from "./blocks.ts";
import { frontMatterCard, textOf } from "./card.ts";
import { dialect } from "./dialect.ts";
import { Rendering } from "./rendering.ts";

/** What the document stands in. Both answers go into the page as they are: they come from the site, not from a document. */
export interface RenderContext {
  /**
   * The page that a link means, or null. `target` is as written, without `#fragment`: the inside of `[[…]]` ("wiki"), or
   * the path of a markdown link, which may be percent-encoded ("link").
   */
  resolvePage(target: string, written: "wiki" | "link"): { readonly href: string; readonly title: string } | null;
  /** The URL of the file that a relative link or image means, or null. `path` is as written, without query and fragment. */
  resolveAsset(path: string): string | null;
  /** The size of the image that `path` means, in pixels, where it is known: nothing moves then when the image arrives. */
  sizeOf?(path: string): ImageSize | null;
  /**
   * The address of what the document's `html`, `css` and `js` cells show (page-cells.ts), counted from 0. It is served with a
   * policy that gives it no origin. Without it, cells are shown as code alone, and interactive output as a link.
   */
  frameOf?(group: number): string;
  /** What shows a `mermaid` block with this text. Without it, such blocks are shown as code. */
  diagramOf?(text: string): Diagram;
}

/** A picture of it, or, while there is none, the page that draws it: served with a policy that gives it no origin. */
export type Diagram = { readonly picture: string; readonly size: ImageSize | null } | { readonly page: string };

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

export interface RenderedDocument {
  /** The content of an `<article>`. Well-formed by itself, without script, and safe on the site's origin. */
  readonly html: string;
  /** Empty where there is none or it can't be read (the page says so). */
  readonly frontMatter: Record<string, unknown>;
  /** `title:` of the front matter: the short title. */
  readonly title: string | null;
  /** The first `#` heading as plain text: the long title. */
  readonly heading: string | null;
  readonly headings: readonly Heading[];
  /** True if a formula was set: the page needs KaTeX's stylesheet. */
  readonly usesMath: boolean;
}

/** UTF-16 units of markdown. The longest chapter of a book has about a third of it. */
export const MAX_DOCUMENT_CHARS = 1_000_000;

/**
 * UTF-16 units of HTML. Ten times what the longest document of plain text gives; a browser takes seconds to show it.
 * Reached only by markup that grows: formulas, or thousands of headings.
 */
export const MAX_PAGE_CHARS = 10_000_000;

/** Renders a document. Never throws on account of the source: one that is too long gives a page that says so. */
export function renderDocument(source: string, context: RenderContext): RenderedDocument {
  const { blocks, ...document } = renderInBlocks(source, context);
  return { ...document, html: blocks.map(({ html }) => html).join("") };
}

export interface RenderedInBlocks extends Omit<RenderedDocument, "html"> {
  /** Their HTML in a row is the page's. */
  readonly blocks: readonly Block[];
}

/** As renderDocument, for an editor. */
export function renderInBlocks(source: string, context: RenderContext): RenderedInBlocks {
  if (source.length > MAX_DOCUMENT_CHARS) return refused("it has", source.length, MAX_DOCUMENT_CHARS);
  const matter = splitFrontMatter(source);
  const rendering = new Rendering(context, source);
  const env = rendering.env;
  const tokens = dialect.parse(matter.body, env);

  const firstLine = source.slice(0, source.length - matter.body.length).split("\n").length - 1;
  const blocks = renderBlocks(tokens, env, firstLine);
  const heading = rendering.headings.find(({ level }) => level === 1)?.text ?? null;
  const card = frontMatterCard(matter, heading === null);
  if (card) {
    // The card belongs under the document's own title, where the document opens with one.
    const title = tokens[0]?.tag === "h1" ? blocks.shift() : undefined;
    const to = title?.lines?.[1] ?? firstLine;
    blocks.unshift({ lines: [0, to], html: (title?.html ?? "") + card.text, cell: null });
  }
  const chars = blocks.reduce((sum, block) => sum + block.html.length, 0);
  if (chars > MAX_PAGE_CHARS) return refused("as a page it would have", chars, MAX_PAGE_CHARS);
  return {
    blocks,
    frontMatter: matter.data,
    title: textOf(matter.data.title),
    heading,
    headings: rendering.headings,
    usesMath: rendering.math.used,
  };
}

/** What stands on a page that is made, and not written by anybody. */
export function madeArticle(html: string): RenderedDocument {
  return { ...NOTHING_SAID, html };
}

/** @param what says what has so many characters */
function refused(what: string, chars: number, most: number): RenderedInBlocks {
  const millions = (count: number) => count / 1_000_000;
  const problem = html`<p class="problem" role="note">This document is too long for one page: ${what} ${millions(chars).toFixed(1)} million characters, ${millions(most)} million is the most. Split it into several documents.</p>\n`;
  return { ...NOTHING_SAID, blocks: [{ lines: null, html: problem.text, cell: null }] };
}

const NOTHING_SAID: Omit<RenderedDocument, "html"> = {
  frontMatter: {},
  title: null,
  heading: null,
  headings: [],
  usesMath: false,
};
