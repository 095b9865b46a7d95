/** GitHub's tables, in a box that scrolls when they are wider than the page. */
import type { MarkdownIt } from "markdown-it";

export function tables(md: MarkdownIt): void {
  md.renderer.rules.table_open = () => '<div class="table">\n<table>\n';
  md.renderer.rules.table_close = () => "</table>\n</div>\n";
  md.core.ruler.push("table_alignment", (state) => {
    for (const token of state.tokens) {
      if (token.type !== "th_open" && token.type !== "td_open") continue;
      // markdown-it aligns with a style attribute; a class can be themed and printed.
      const side = /text-align:(left|center|right)/.exec(String(token.attrGet("style") ?? ""))?.[1];
      if (side) token.attrs = [["class", `align-${side}`]];
    }
  });
}
