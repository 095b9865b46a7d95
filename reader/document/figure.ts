/**
 * An image that stands alone becomes a figure when it has a title (its caption) or modifiers behind it:
 * `![alt](plot.png "Caption")>` with `>` right, `<` left, `^` wide, `_` small.
 */
import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { escapeHtml } from "../html/html.ts";

const CLASSES: Readonly<Record<string, string>> = { ">": "right", "<": "left", "^": "wide", _: "small" };

export function figures(md: MarkdownIt): void {
  md.core.ruler.push("figures", (state) => {
    for (const [i, token] of state.tokens.entries())
      if (token.children?.[0]?.type === "image") turnIntoFigure(state, i);
  });
  md.renderer.rules.caption = (tokens, i) => `<figcaption>${escapeHtml(tokens[i]?.content ?? "")}</figcaption>`;
}

function turnIntoFigure(state: StateCore, at: number): void {
  const [open, inline, close] = state.tokens.slice(at - 1, at + 2);
  const [image, ...rest] = inline?.children ?? [];
  if (open?.type !== "paragraph_open" || open.hidden || !inline || !close || image?.type !== "image") return;
  const modifiers = modifiersIn(rest);
  const title = image.attrGet("title");
  if (modifiers === null || (modifiers === "" && !title)) return;

  open.tag = close.tag = "figure";
  if (modifiers !== "") open.attrSet("class", [...new Set(modifiers)].map((mark) => CLASSES[mark]).join(" "));
  inline.children = [image];
  if (!title) return;
  image.attrs = (image.attrs ?? []).filter(([name]) => name !== "title");
  const caption = new state.Token("caption", "", 0);
  caption.content = String(title);
  inline.children.push(caption);
}

/** The modifiers behind an image, or null where something else stands there. */
function modifiersIn(tokens: readonly Token[]): string | null {
  const text = tokens
    .map((token) => (token.type === "text" ? token.content : "\0"))
    .join("")
    .trim();
  return /^[<>^_]{0,4}$/.test(text) ? text : null;
}
