/** A code cell and what it printed, drawn, or left as a file, in one box (formats.md §3). */
import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { isTerminal, languageOf } from "./code.ts";

/** Languages that a kernel or the browser runs. */
const RUNNABLE = new Set("python py r julia jl bash sh shell javascript js node typescript ts html css sql".split(" "));

export function cells(md: MarkdownIt): void {
  md.core.ruler.push("cells", group);
  md.renderer.rules.cell_open = () => '<div class="cell">\n';
  md.renderer.rules.cell_close = () => "</div>\n";
  md.renderer.rules.result_open = () => '<div class="result">\n';
  md.renderer.rules.result_close = () => "</div>\n";
}

function group(state: StateCore): void {
  const { tokens, Token: TokenClass } = state;
  const grouped: Token[] = [];
  const mark = (type: string, nesting: 1 | -1) => grouped.push(new TokenClass(type, "", nesting));
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    if (!token) break;
    const end = isCell(token) ? endOfResult(tokens, at + 1) : at + 1;
    if (end === at + 1) grouped.push(token);
    else {
      mark("cell_open", 1);
      grouped.push(token);
      mark("result_open", 1);
      for (const part of tokens.slice(at + 1, end)) grouped.push(part);
      mark("result_close", -1);
      mark("cell_close", -1);
    }
    at = end;
  }
  state.tokens = grouped;
}

export function isCell(token: Token): boolean {
  return token.type === "fence" && RUNNABLE.has(languageOf(token.info)) && !isTerminal(token.info);
}

/** The end of what belongs to the cell before `at`: one output block, then paragraphs that only show generated files. */
function endOfResult(tokens: readonly Token[], at: number): number {
  let end = at;
  const first = tokens[end];
  if (first?.type === "fence" && languageOf(first.info) === "output") end++;
  while (tokens[end]?.type === "paragraph_open" && isGenerated(tokens[end + 1])) end += 3;
  return end;
}

function isGenerated(inline: Token | undefined): boolean {
  const children = inline?.children ?? [];
  let depth = 0;
  let found = false;
  for (const token of children) {
    const url =
      token.type === "image" ? token.attrGet("src") : token.type === "link_open" ? token.attrGet("href") : null;
    if (url !== null) {
      if (!/(?:^|\/)generated\//.test(String(url))) return false;
      found = true;
    }
    depth += token.nesting;
    const isSpace = token.type === "softbreak" || (token.type === "text" && token.content.trim() === "");
    if (depth === 0 && url === null && token.nesting === 0 && !isSpace) return false;
  }
  return found;
}
