/** Footnotes as GitHub has them: `[^name]` in the text, `[^name]: …` anywhere, notes at the end in order of first use. */
import type { Env, MarkdownIt, StateBlock, StateCore, StateInline, Token } from "markdown-it";

/*
 * Own rules, because markdown-it-footnote copies the whole token list once per note (quadratic) and restarts the
 * nesting count in each inline note.
 */
export function footnotes(md: MarkdownIt): void {
  md.block.ruler.before("reference", "footnote_definition", definition, { alt: ["paragraph", "reference"] });
  md.inline.ruler.before("link", "footnote_reference", reference);
  md.core.ruler.after("inline", "footnote_section", section);
  md.renderer.rules.footnote_reference = (tokens, i) => {
    const { number, use } = noteOf(tokens[i]);
    return `<sup class="footnote-ref"><a href="#fn:${number}" id="${useId(number, use)}" aria-label="Footnote ${number}">${number}</a></sup>`;
  };
  md.renderer.rules.footnote_section_open = () =>
    '<section class="footnotes" role="doc-endnotes" aria-label="Footnotes">\n<ol>\n';
  md.renderer.rules.footnote_section_close = () => "</ol>\n</section>\n";
  md.renderer.rules.footnote_open = (tokens, i) => `<li id="fn:${noteOf(tokens[i]).number}">\n`;
  md.renderer.rules.footnote_close = () => "</li>\n";
  md.renderer.rules.footnote_back = (tokens, i) => {
    const { number, use } = noteOf(tokens[i]);
    const label = use === 1 ? "Back to the text" : `Back to the text, place ${use}`;
    // U+FE0E keeps the arrow from becoming an emoji on phones.
    return ` <a href="#${useId(number, use)}" class="footnote-back" role="doc-backlink" aria-label="${label}">↩\uFE0E</a>`;
  };
}

interface Note {
  /** From 1, in order of first use; 0 while nothing has used it. */
  number: number;
  uses: number;
  body: readonly Token[];
}

class Notes {
  readonly byLabel = new Map<string, Note>();
  /** In order of first use: the one at 0 has number 1. */
  readonly used: Note[] = [];

  static of(env: Env): Notes {
    const known = env[NOTES];
    if (known instanceof Notes) return known;
    const notes = new Notes();
    env[NOTES] = notes;
    return notes;
  }
}

const NOTES = Symbol("footnotes");

function definition(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const lineStart = state.bMarks[startLine] ?? 0;
  const start = lineStart + (state.tShift[startLine] ?? 0);
  const mark = /^\[\^([^\s\]]{1,200})\]:[ \t]*/.exec(state.src.slice(start, state.eMarks[startLine]));
  if (!mark?.[1]) return false;
  if (silent) return true;

  state.push("footnote_definition_open", "", 1).meta = { label: mark[1] };
  const before = { parent: state.parentType, shift: state.tShift[startLine], count: state.sCount[startLine] };
  // The note's first line starts behind its mark and counts as indented like the lines below it, by four columns.
  state.bMarks[startLine] = start + mark[0].length;
  state.tShift[startLine] = 0;
  state.sCount[startLine] = state.blkIndent + 4;
  state.blkIndent += 4;
  state.parentType = "footnote";
  state.md.block.tokenize(state, startLine, endLine);
  state.parentType = before.parent;
  state.blkIndent -= 4;
  state.bMarks[startLine] = lineStart;
  state.tShift[startLine] = before.shift ?? 0;
  state.sCount[startLine] = before.count ?? 0;
  state.push("footnote_definition_close", "", -1);

  const { byLabel } = Notes.of(state.env);
  if (!byLabel.has(mark[1])) byLabel.set(mark[1], { number: 0, uses: 0, body: [] });
  return true;
}

function reference(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith("[^", state.pos)) return false;
  const label = /^\[\^([^\s\]]{1,200})\]/.exec(state.src.slice(state.pos, state.pos + 203))?.[1];
  const notes = Notes.of(state.env);
  const note = label === undefined ? undefined : notes.byLabel.get(label);
  if (label === undefined || !note) return false;
  if (!silent) {
    if (note.number === 0) note.number = notes.used.push(note);
    note.uses++;
    state.push("footnote_reference", "", 0).meta = { number: note.number, use: note.uses };
  }
  state.pos += label.length + 3;
  return true;
}

/** Takes the definitions out of the text and puts those that are used behind it. */
function section(state: StateCore): void {
  const notes = Notes.of(state.env);
  if (notes.byLabel.size === 0) return;
  const text: Token[] = [];
  const open: { label: string; body: Token[] }[] = [];
  for (const token of state.tokens) {
    if (token.type === "footnote_definition_open") open.push({ label: String(token.meta?.label), body: [] });
    else if (token.type === "footnote_definition_close") {
      const closed = open.pop();
      const note = closed && notes.byLabel.get(closed.label);
      if (note && note.body.length === 0) note.body = closed.body;
    } else (open.at(-1)?.body ?? text).push(token);
  }
  if (notes.used.length > 0) {
    text.push(new state.Token("footnote_section_open", "", 1));
    for (const note of notes.used) for (const token of itemOf(note, state.Token)) text.push(token);
    text.push(new state.Token("footnote_section_close", "", -1));
  }
  state.tokens = text;
}

/** The note with its way back, which goes into the last paragraph where there is one. */
function itemOf(note: Note, TokenClass: typeof Token): Token[] {
  const meta = { number: note.number };
  const open = new TokenClass("footnote_open", "", 1);
  open.meta = meta;
  const backs = Array.from({ length: note.uses }, (_, i) => {
    const back = new TokenClass("footnote_back", "", 0);
    back.meta = { ...meta, use: i + 1 };
    return back;
  });
  const last = note.body.at(-1);
  const body =
    last?.type === "paragraph_close" ? [...note.body.slice(0, -1), ...backs, last] : [...note.body, ...backs];
  return [open, ...body, new TokenClass("footnote_close", "", -1)];
}

function noteOf(token: Token | undefined): { number: number; use: number } {
  return { number: Number(token?.meta?.number), use: Number(token?.meta?.use) };
}

function useId(number: number, use: number): string {
  return use === 1 ? `fnref:${number}` : `fnref:${number}:${use}`;
}
