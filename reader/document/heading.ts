/** Headings get an id, a link to themselves, and a place in the outline. */
import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { escapeHtml } from "../html/html.ts";
import { Rendering } from "./rendering.ts";

export function headings(md: MarkdownIt): void {
  md.core.ruler.push("headings", collect);
  md.renderer.rules.heading_close = (tokens, i) => {
    const token = tokens[i];
    const id = token?.meta?.id;
    const anchor =
      typeof id === "string"
        ? `<a class="anchor" href="#${escapeHtml(id)}" aria-label="Link to this section">#</a>`
        : "";
    return `${anchor}</${token?.tag}>\n`;
  };
}

function collect(state: StateCore): void {
  const rendering = Rendering.of(state.env);
  for (const [i, open] of state.tokens.entries()) {
    if (open.type !== "heading_open") continue;
    const text = textOf(state.tokens[i + 1]?.children ?? []);
    const id = rendering.slugs.claim(text);
    open.attrSet("id", id);
    const close = state.tokens[i + 2];
    if (close) close.meta = { id };
    rendering.headings.push({ level: Number(open.tag.slice(1)), id, text });
  }
}

/** Inline content as plain text: what a reader would read aloud. */
function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      switch (token.type) {
        case "text":
        case "text_special":
        case "code_inline":
        case "math_inline":
        case "wiki_link":
          return token.content;
        case "image":
          return textOf(token.children ?? []);
        case "softbreak":
        case "hardbreak":
          return " ";
        default:
          return "";
      }
    })
    .join("")
    .trim();
}
