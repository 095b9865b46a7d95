/** `- [ ] open` and `- [x] done`, as GitHub has them. The boxes show a state; they can't be ticked on a page. */
import type { MarkdownIt, StateCore } from "markdown-it";

export function taskLists(md: MarkdownIt): void {
  md.core.ruler.push("task_lists", mark);
  md.renderer.rules.task_box = (tokens, i) =>
    `<input type="checkbox" disabled${tokens[i]?.meta?.done ? " checked" : ""} aria-label="${tokens[i]?.meta?.done ? "done" : "open"}"> `;
}

function mark(state: StateCore): void {
  for (const [i, item] of state.tokens.entries()) {
    if (item.type !== "list_item_open" || state.tokens[i + 1]?.type !== "paragraph_open") continue;
    const text = state.tokens[i + 2]?.children;
    const first = text?.[0];
    const box = first?.type === "text" ? /^\[([ xX])\][ \t]+(?=\S|$)/.exec(first.content) : null;
    if (!text || !first || !box) continue;
    first.content = first.content.slice(box[0].length);
    const token = new state.Token("task_box", "", 0);
    token.meta = { done: box[1] !== " " };
    text.unshift(token);
    item.attrJoin("class", "task");
  }
}
