/** What is nested too deep is shown as written, with a note. markdown-it alone would leave it out without a word. */
import type { MarkdownIt, StateBlock } from "markdown-it";
import { escapeHtml } from "../html/html.ts";

/**
 * Levels of quotes, lists and emphasis inside each other (a list and its item are two). More than a screen is wide, and it
 * bounds the recursion of the parser.
 */
export const MAX_NESTING = 20;

export function nesting(md: MarkdownIt): void {
  // A list takes two levels at once, and what reaches the parser's own limit is dropped before any rule sees it.
  md.set({ maxNesting: MAX_NESTING + 3 });
  md.block.ruler.before("table", "too_deep", tooDeep);
  md.renderer.rules.too_deep = (tokens, i) =>
    `<p class="problem" role="note">Nested deeper than ${MAX_NESTING} levels, so it is shown as written:</p>\n` +
    `<pre><code>${escapeHtml(tokens[i]?.content ?? "")}</code></pre>\n`;
}

function tooDeep(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (state.level <= MAX_NESTING || silent) return false;
  let line = startLine + 1;
  while (line < endLine && (state.isEmpty(line) || (state.sCount[line] ?? 0) >= state.blkIndent)) line++;
  state.push("too_deep", "", 0).content = state.getLines(startLine, line, state.blkIndent, false);
  state.line = line;
  return true;
}
