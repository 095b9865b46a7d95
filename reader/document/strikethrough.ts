/** GitHub's `~~struck~~` and `~struck~`. markdown-it knows only two marks, and takes pairs out of longer runs. */
import type { MarkdownIt, StateInline } from "markdown-it";

const TILDE = 0x7e;
/** Stands for one mark among the delimiters, so that one never closes two. No character's code. */
const SINGLE = -TILDE;

export function strikethrough(md: MarkdownIt): void {
  md.inline.ruler.at("strikethrough", marks);
  md.inline.ruler2.at("strikethrough", (state) => {
    pair(state, state.delimiters);
    for (const meta of state.tokens_meta) if (meta?.delimiters) pair(state, meta.delimiters);
  });
}

function marks(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== TILDE || silent) return false;
  const { can_open: open, can_close: close, length } = state.scanDelims(state.pos, true);
  const token = state.push("text", "", 0);
  token.content = "~".repeat(length);
  if (length <= 2) {
    const marker = length === 1 ? SINGLE : TILDE;
    state.delimiters.push({ marker, length: 0, token: state.tokens.length - 1, end: -1, open, close });
  }
  state.pos += length;
  return true;
}

function pair(state: StateInline, delimiters: StateInline["delimiters"]): void {
  for (const { marker, token, end } of delimiters) {
    const closing = delimiters[end];
    if ((marker !== TILDE && marker !== SINGLE) || !closing) continue;
    turnInto(state, token, "s_open", 1);
    turnInto(state, closing.token, "s_close", -1);
  }
}

function turnInto(state: StateInline, at: number, type: string, nesting: 1 | -1): void {
  const token = state.tokens[at];
  if (!token) return;
  Object.assign(token, { type, tag: "s", nesting, markup: token.content, content: "" });
}
