/** Sends a document's raw HTML through the sanitizer, block by block. */
import type { MarkdownIt, StateCore, Token } from "markdown-it";
import { Rendering } from "../rendering.ts";
import { Sanitizer } from "./sanitizer.ts";

export function rawHtml(md: MarkdownIt): void {
  md.core.ruler.push("raw_html", sanitize);
}

function sanitize(state: StateCore): void {
  if (!state.tokens.some(holdsHtml)) return;
  // unescapeAll takes markdown's backslashes away too; in HTML they are themselves.
  const decode = (text: string) => state.md.utils.unescapeAll(text.replaceAll("\\", "\\\\"));
  const sanitizer = new Sanitizer(Rendering.of(state.env).context, decode);
  const closing = (html: string) => {
    const token = new state.Token("html_block", "", 0);
    token.content = html;
    return token;
  };

  /** The tokens with their HTML rewritten and what stays open closed before its block ends. */
  const rewrite = (tokens: readonly Token[]): Token[] => {
    const out: Token[] = [];
    for (const token of tokens) {
      if (token.type === "html_block" || token.type === "html_inline") token.content = sanitizer.rewrite(token.content);
      if (token.nesting === -1) {
        const owed = sanitizer.leaveBlock();
        if (owed !== "") out.push(closing(owed));
      }
      if (token.nesting === 1) sanitizer.enterBlock();
      if (token.type === "inline" && token.children) {
        sanitizer.enterBlock();
        token.children = rewrite(token.children);
        const owed = sanitizer.leaveBlock();
        if (owed !== "") token.children.push(closing(owed));
      }
      out.push(token);
    }
    return out;
  };

  state.tokens = rewrite(state.tokens);
  const owed = sanitizer.leaveBlock();
  if (owed !== "") state.tokens.push(closing(owed));
}

function holdsHtml({ type, children }: Token): boolean {
  return type === "html_block" || (children?.some((child) => child.type === "html_inline") ?? false);
}
