/** Where math starts and ends in markdown: `$…$`, `$$…$$`, `\[…\]` and LaTeX environments. */
import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";
import { Rendering } from "../rendering.ts";

export function math(md: MarkdownIt): void {
  md.inline.ruler.after("escape", "math_inline", inlineRule);
  md.block.ruler.before("fence", "math_block", blockRule, { alt: ["paragraph", "reference", "blockquote", "list"] });
  md.renderer.rules.math_inline = (tokens, i, _options, env) => {
    const token = tokens[i];
    return token ? Rendering.of(env).math.write(token.content, token.markup === "$$") : "";
  };
  md.renderer.rules.math_block = (tokens, i, _options, env) =>
    `<div class="formula">${Rendering.of(env).math.write(tokens[i]?.content ?? "", true)}</div>\n`;
}

const DOLLAR = 0x24;
const BACKSLASH = 0x5c;

/**
 * Pandoc's rule: no space inside next to the marks, no digit right behind the closing one, and the next mark closes or
 * nothing does. So "$5 and $6" is money, and each stretch of text is looked at once.
 */
function inlineRule(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state;
  if (src.charCodeAt(pos) !== DOLLAR) return false;
  const mark = src.charCodeAt(pos + 1) === DOLLAR ? "$$" : "$";
  const from = pos + mark.length;
  const to = nextMark(state, mark, from);
  const isMath = to > from && (mark === "$$" || isTight(src, from, to));
  if (!silent && isMath) {
    const token = state.push("math_inline", "", 0);
    token.content = src.slice(from, to);
    token.markup = mark;
  }
  // An unpaired `$$` is taken whole, so that its second half doesn't open a formula of its own.
  if (!silent && !isMath) state.pending += mark;
  state.pos = isMath ? to + mark.length : from;
  return true;
}

function nextMark(state: StateInline, mark: "$" | "$$", from: number): number {
  for (let at = from; at < state.posMax; at++) {
    const code = state.src.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === DOLLAR && (mark === "$" || state.src.charCodeAt(at + 1) === DOLLAR)) return at;
  }
  return -1;
}

function isTight(src: string, from: number, to: number): boolean {
  return !/\s/.test(src.charAt(from)) && !/\s/.test(src.charAt(to - 1)) && !/\d/.test(src.charAt(to + 1));
}

/** Lines of one formula. Bounds the search for a closing mark that isn't there. */
const MAX_LINES = 200;
const ENVIRONMENT =
  /^\\begin\{((?:equation|align|alignat|gather|multline|eqnarray|CD|[pbBvV]?matrix|cases|array)\*?)\}/;

interface Opening {
  readonly length: number;
  readonly close: string;
  /** An environment's `\begin` and `\end` are part of the TeX; the other marks are not. */
  readonly keepsMarks: boolean;
}

function openingOf(line: string): Opening | null {
  if (line.startsWith("$$")) return { length: 2, close: "$$", keepsMarks: false };
  if (line.startsWith("\\[")) return { length: 2, close: "\\]", keepsMarks: false };
  const environment = ENVIRONMENT.exec(line);
  return environment ? { length: environment[0].length, close: `\\end{${environment[1]}}`, keepsMarks: true } : null;
}

/** A formula of its own: its closing mark ends a line, and no blank line stands between. */
function blockRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const opening = openingOf(lineOf(state, startLine));
  if (!opening) return false;
  const last = Math.min(endLine, startLine + MAX_LINES);
  for (let line = startLine; line < last; line++) {
    const outside = (state.sCount[line] ?? 0) < state.blkIndent;
    if (line > startLine && (outside || state.isEmpty(line))) return false;
    const text = lineOf(state, line).slice(line === startLine ? opening.length : 0);
    if (!text.trimEnd().endsWith(opening.close)) continue;
    if (silent) return true;
    const source = state.getLines(startLine, line + 1, state.blkIndent, false).trim();
    const token = state.push("math_block", "", 0);
    token.block = true;
    token.map = [startLine, line + 1];
    token.content = opening.keepsMarks ? source : source.slice(opening.length, -opening.close.length);
    state.line = line + 1;
    return true;
  }
  return false;
}

function lineOf(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line] ?? 0);
}
