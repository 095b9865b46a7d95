/**
 * GitHub's autolinks (GFM 6.9): `https://…`, `www.…`, mail addresses, `mailto:` and `xmpp:`. A bare `setup.py` is a file,
 * not a host in Paraguay. Own rules in place of linkify-it's, which end a link elsewhere (`…(business)`, `&hl;`).
 */
import type { MarkdownIt, StateCore, StateInline, Token } from "markdown-it";

export function autolinks(md: MarkdownIt): void {
  // Before emphasis is looked for: an underscore in an address is none.
  md.inline.ruler.at("linkify", url);
  md.core.ruler.at("linkify", (state) => {
    for (const block of state.tokens) {
      if (block.children && MAYBE.test(block.content)) block.children = linked(state, block.children);
    }
  });
}

const MAYBE = /@|www\.|:\/\//i;
const COLON = 0x3a;

function url(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src.charCodeAt(pos) !== COLON || state.linkLevel > 0 || !src.startsWith("//", pos + 1)) return false;
  const scheme = /(?:^|[^a-z0-9])(https?)$/i.exec(state.pending.slice(-6))?.[1];
  if (scheme === undefined) return false;
  const from = pos - scheme.length;
  const end = endOfUrl(src.slice(0, state.posMax), from, pos + 3);
  if (end === -1) return false;
  if (!silent) {
    state.pending = state.pending.slice(0, -scheme.length);
    const text = src.slice(from, end);
    const open = state.push("link_open", "a", 1);
    open.attrs = [["href", state.md.normalizeLink(text)]];
    open.info = "auto";
    state.push("text", "", 0).content = text;
    state.push("link_close", "a", -1).info = "auto";
  }
  state.pos = end;
  return true;
}

/** The inline tokens of a block with the addresses in their text linked, except inside links. */
function linked(state: StateCore, tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  let links = 0;
  for (const [i, token] of tokens.entries()) {
    if (token.type === "link_open" || (token.type === "html_inline" && /^<a[\s>]/i.test(token.content))) links++;
    else if (token.type === "link_close" || (token.type === "html_inline" && /^<\/a\s*>/i.test(token.content))) links--;
    // Behind an escaped character an address goes on, it doesn't start.
    const starts = tokens[i - 1]?.type !== "text_special";
    if (token.type === "text" && links <= 0 && MAYBE.test(token.content)) pushLinked(out, state, token, starts);
    else out.push(token);
  }
  return out;
}

function pushLinked(out: Token[], state: StateCore, token: Token, starts: boolean): void {
  const push = (type: string, nesting: -1 | 0 | 1, content = "") => {
    const added = new state.Token(type, nesting === 0 ? "" : "a", nesting);
    added.content = content;
    out.push(added);
    return added;
  };
  let written = 0;
  for (const { from, to, href } of addressesIn(token.content)) {
    if (from === 0 && !starts) continue;
    if (from > written) push("text", 0, token.content.slice(written, from));
    push("link_open", 1).attrs = [["href", state.md.normalizeLink(href)]];
    push("text", 0, token.content.slice(from, to));
    push("link_close", -1);
    written = to;
  }
  if (written === 0) out.push(token);
  else if (written < token.content.length) push("text", 0, token.content.slice(written));
}

interface Address {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

function* addressesIn(text: string): Generator<Address> {
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(/https?:\/\/|www\.|@/gi)) {
    if (index < from) continue;
    const found = mark === "@" ? mailAt(text, index, from) : urlAt(text, index, mark);
    if (!found) continue;
    yield found;
    from = found.to;
  }
}

function urlAt(text: string, from: number, mark: string): Address | null {
  const isWww = mark.length === 4;
  const before = text.charAt(from - 1);
  if (isWww ? !/^[\s*_~(]?$/.test(before) : /[a-z0-9]/i.test(before)) return null;
  const to = endOfUrl(text, from, from + (isWww ? 0 : mark.length));
  return to === -1 ? null : { from, to, href: (isWww ? "http://" : "") + text.slice(from, to) };
}

const HOST = /[\p{L}\p{N}\p{So}_-]{1,63}(?:\.[\p{L}\p{N}\p{So}_-]{1,63}){0,32}/uy;
/** Brackets only in pairs: `[https://e.org](…)` is a link of the author's own. */
const REST = /(?:[^\s<[\]]|\[[^\s<[\]]{0,100}\]){0,4000}/y;

/** Where the URL ends whose host starts at `host`, or -1. Without the marks that belong to the sentence around it. */
function endOfUrl(text: string, from: number, host: number): number {
  HOST.lastIndex = host;
  const name = HOST.exec(text)?.[0];
  const segments = name?.split(".") ?? [];
  if (!name || (from === host && segments.length < 2) || segments.slice(-2).join("").includes("_")) return -1;
  REST.lastIndex = host + name.length;
  return withoutTrail(text, host + name.length, REST.lastIndex + (REST.exec(text)?.[0].length ?? 0));
}

function withoutTrail(text: string, from: number, to: number): number {
  let end = to;
  let unopened = 0;
  for (let at = from; at < end; at++) unopened += text[at] === ")" ? 1 : text[at] === "(" ? -1 : 0;
  while (end > from) {
    const last = text.charAt(end - 1);
    if (/[?!.,:*_~'"]/.test(last)) end--;
    else if (last === ")" && unopened > 0) {
      unopened--;
      end--;
    } else if (last === ";")
      end -= /&[a-z0-9]{1,40};$/i.exec(text.slice(Math.max(from, end - 42), end))?.[0].length ?? 1;
    else break;
  }
  return end;
}

const DOMAIN = /[a-z0-9_-]+(?:\.[a-z0-9_-]+)+/iy;
const RESOURCE = /\/[a-z0-9@.]*[a-z0-9@]/iy;

/** The mail address around the `@` at `at`; nothing before `min` is looked at. */
function mailAt(text: string, at: number, min: number): Address | null {
  const name = /(?:(mailto:|xmpp:))?([a-z0-9.+_-]+)$/i.exec(text.slice(Math.max(min, at - 200), at));
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0];
  if (!name?.[2] || !domain || /[_-]$/.test(domain)) return null;
  let to = at + 1 + domain.length;
  if (name[1]?.toLowerCase() === "xmpp:") {
    RESOURCE.lastIndex = to;
    to += RESOURCE.exec(text)?.[0].length ?? 0;
  }
  const from = at - name[0].length;
  return { from, to, href: (name[1] ? "" : "mailto:") + text.slice(from, to) };
}
