/**
 * Raw HTML of a document, rebuilt from an allow-list.
 *
 * Nothing is passed through: each tag that matches HTML's own grammar is written anew with the attributes of its list,
 * everything else is escaped text. Elements are closed inside the markdown block that they were opened in, and a closing
 * tag that closes none of the document's own is dropped, so a document can't end the page around it. (A general
 * sanitizer parses and writes the whole page, formulas and all; markdown-it hands out raw HTML in pieces, of which a
 * sanitizer would close each.)
 */
import { escapeHtml } from "../../html/html.ts";
import type { RenderContext } from "../render.ts";
import { EXTERNAL_REL, resolveImage, resolveLink, sizeAttributes, sizeOf } from "../target.ts";
import { attributesOf, DROPPED, DROPPED_WITH_CONTENT, SHOWN_IF_OPEN, VOID } from "./tags.ts";

/** Elements open at a time; a browser gives up on a page nested deeper than 512. */
const MAX_OPEN = 50;

const OPEN_COMMENT =
  '<p class="problem" role="note">A comment that begins here with <code>&lt;!--</code> is never closed: what follows is not shown.</p>\n';

export class Sanitizer {
  readonly #context: RenderContext;
  readonly #decode: (text: string) => string;
  /** The document's open elements, a list for each markdown block around them. */
  readonly #blocks: string[][] = [[]];
  #openCount = 0;
  /** Elements that the rest of the piece at hand doesn't close. */
  readonly #neverClosed = new Set<string>();

  /** `decode` replaces character references (`&amp;`). */
  constructor(context: RenderContext, decode: (text: string) => string) {
    this.#context = context;
    this.#decode = decode;
  }

  enterBlock(): void {
    this.#blocks.push([]);
  }

  /** Returns the closing tags that the block still owes. */
  leaveBlock(): string {
    const owed = this.#blocks.pop() ?? [];
    this.#openCount -= owed.length;
    return owed
      .reverse()
      .map((tag) => `</${tag}>`)
      .join("");
  }

  /** Rewrites a piece of raw HTML. */
  rewrite(source: string): string {
    this.#neverClosed.clear();
    let out = "";
    let at = 0;
    while (at < source.length) {
      const next = source.indexOf("<", at);
      const end = next === -1 ? source.length : next;
      out += this.#text(source.slice(at, end));
      if (next === -1) break;
      const step = this.#markup(source, next);
      out += step.html;
      at = step.end;
    }
    return out;
  }

  #text(source: string): string {
    return source === "" ? "" : escapeHtml(this.#decode(source));
  }

  #markup(source: string, at: number): { html: string; end: number } {
    if (source.startsWith("<!--", at)) {
      const end = after(source, "-->", at + 2);
      // What was meant to be hidden stays so, but not without a word: it can be the whole page.
      return end === -1 ? { html: OPEN_COMMENT, end: source.length } : { html: "", end };
    }
    if (source[at + 1] === "!" || source[at + 1] === "?") {
      const end = after(source, ">", at + 2);
      return end === -1 ? { html: "&lt;", end: at + 1 } : { html: "", end };
    }
    const tag = readTag(source, at);
    if (!tag) return { html: "&lt;", end: at + 1 };
    if (DROPPED_WITH_CONTENT.has(tag.name)) return this.#dropped(source, at, tag);
    const allowed = attributesOf(tag.name);
    if (allowed) return { html: tag.closing ? this.#close(tag.name) : this.#open(tag, allowed), end: tag.end };
    if (DROPPED.has(tag.name)) return { html: "", end: tag.end };
    return { html: escapeHtml(source.slice(at, tag.end)), end: tag.end };
  }

  /** An element that is not for readers goes; one that is never closed would take all that follows it along. */
  #dropped(source: string, at: number, tag: Tag): { html: string; end: number } {
    const end = tag.closing ? -1 : this.#endOfContent(source, tag);
    if (end !== -1) return { html: "", end };
    return { html: SHOWN_IF_OPEN.has(tag.name) ? escapeHtml(source.slice(at, tag.end)) : "", end: tag.end };
  }

  /** The offset behind the element's closing tag, or -1. */
  #endOfContent(source: string, { name, end }: Tag): number {
    // Else each of many open tags would look through all that follows it.
    if (this.#neverClosed.has(name)) return -1;
    const close = new RegExp(`</${name}[^>]*>`, "gi");
    close.lastIndex = end;
    if (close.exec(source)) return close.lastIndex;
    this.#neverClosed.add(name);
    return -1;
  }

  #open(tag: Tag, allowed: ReadonlySet<string>): string {
    const attributes = this.#attributes(tag, allowed);
    if (VOID.has(tag.name))
      return tag.name === "img" && !attributes.includes(" src=") ? "" : `<${tag.name}${attributes}>`;
    if (this.#openCount >= MAX_OPEN) return "";
    this.#blocks.at(-1)?.push(tag.name);
    this.#openCount++;
    return `<${tag.name}${attributes}>`;
  }

  #close(name: string): string {
    const block = this.#blocks.at(-1);
    const at = block?.lastIndexOf(name) ?? -1;
    if (!block || at === -1) return "";
    const closed = block.splice(at);
    this.#openCount -= closed.length;
    return closed
      .reverse()
      .map((tag) => `</${tag}>`)
      .join("");
  }

  #attributes(tag: Tag, allowed: ReadonlySet<string>): string {
    let out = "";
    const seen = new Set<string>();
    for (const { name, value } of tag.attributes) {
      if (!allowed.has(name) || seen.has(name)) continue;
      seen.add(name);
      out += this.#attribute(name, this.#decode(value));
    }
    return tag.name === "img" ? `${out}${this.#imageAttributes(tag, seen)} loading="lazy" decoding="async"` : out;
  }

  #imageAttributes(tag: Tag, seen: ReadonlySet<string>): string {
    const src = tag.attributes.find(({ name }) => name === "src")?.value ?? "";
    const isSized = seen.has("width") || seen.has("height");
    const size = isSized ? "" : sizeAttributes(sizeOf(resolveImage(this.#decode(src), this.#context)));
    return `${seen.has("alt") ? "" : ' alt=""'}${size}`;
  }

  #attribute(name: string, value: string): string {
    switch (name) {
      case "href": {
        const target = resolveLink(value, this.#context);
        if (target.kind === "refused" || target.kind === "missing") return "";
        return ` href="${escapeHtml(target.url)}"${target.kind === "external" ? ` rel="${EXTERNAL_REL}"` : ""}`;
      }
      case "src": {
        const target = resolveImage(value, this.#context);
        return target.kind === "refused" || target.kind === "missing" ? "" : ` src="${escapeHtml(target.url)}"`;
      }
      // The page's own ids have a colon: a document can't take their place.
      case "id":
        return /^[\p{L}\p{N}_-]{1,100}$/u.test(value) ? ` id="${value}"` : "";
      default:
        return ` ${name}="${escapeHtml(value.slice(0, 1000))}"`;
    }
  }
}

interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  /** The offset behind its `>`. */
  readonly end: number;
}

const TAG_START = /<(\/?)([a-zA-Z][a-zA-Z0-9_-]*)/y;
const ATTRIBUTE = /\s*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/y;
const TAG_END = /\s*\/?>/y;

/** Reads the tag at `at`, or returns null if what stands there is not one. */
function readTag(source: string, at: number): Tag | null {
  const start = matchAt(TAG_START, source, at);
  if (!start?.[2]) return null;
  let position = at + start[0].length;
  const attributes: { name: string; value: string }[] = [];
  for (;;) {
    const end = matchAt(TAG_END, source, position);
    if (end)
      return { name: start[2].toLowerCase(), closing: start[1] === "/", attributes, end: position + end[0].length };
    const attribute = matchAt(ATTRIBUTE, source, position);
    if (!attribute?.[1]) return null;
    attributes.push({ name: attribute[1].toLowerCase(), value: attribute[2] ?? attribute[3] ?? attribute[4] ?? "" });
    position += attribute[0].length;
  }
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** The offset behind the next `mark`, or -1. */
function after(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? -1 : at + mark.length;
}
