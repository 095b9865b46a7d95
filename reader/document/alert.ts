/** GitHub's alerts: a quote whose first line is `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` or `[!CAUTION]`. */
import type { MarkdownIt, StateCore } from "markdown-it";

const MARK = /^\[!(note|tip|important|warning|caution)\][ \t]*$/i;

export function alerts(md: MarkdownIt): void {
  md.core.ruler.push("alerts", mark);
  md.renderer.rules.blockquote_open = (tokens, i, options, _env, renderer) => {
    const title = tokens[i]?.meta?.title;
    const tag = renderer.renderToken(tokens, i, options);
    return typeof title === "string" ? `${tag}<p class="alert-title">${title}</p>\n` : tag;
  };
}

function mark(state: StateCore): void {
  const open: boolean[] = [];
  for (const [i, token] of state.tokens.entries()) {
    if (token.type === "blockquote_open") open.push(turnIntoAlert(state, i));
    else if (token.type === "blockquote_close" && open.pop()) token.tag = "div";
  }
}

function turnIntoAlert(state: StateCore, at: number): boolean {
  const [quote, paragraph, inline, close] = state.tokens.slice(at, at + 4);
  const text = inline?.children;
  if (!quote || !paragraph || !close || !text || paragraph.type !== "paragraph_open") return false;
  const [first, second] = text;
  const kind = first?.type === "text" ? MARK.exec(first.content)?.[1]?.toLowerCase() : undefined;
  if (kind === undefined || (second && !second.type.endsWith("break"))) return false;
  quote.tag = "div";
  quote.attrSet("class", `alert alert-${kind}`);
  quote.meta = { title: kind.charAt(0).toUpperCase() + kind.slice(1) };
  text.splice(0, 2);
  // `[!NOTE]` alone: its paragraph has nothing left to show.
  paragraph.hidden = close.hidden = text.length === 0;
  return true;
}
