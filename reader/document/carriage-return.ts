/**
 * A `\r` without `\n` in an output is a progress bar that overwrites its line. To markdown it would end the line, so it is
 * put away while blocks are looked for. (A document that has no other line ends is left as it is.)
 */
import type { MarkdownIt } from "markdown-it";
import { isOutput } from "./code.ts";

/** A code point that is no character, and stands in no text. */
const AWAY = "\uFDD0";

export function carriageReturns(md: MarkdownIt): void {
  md.core.ruler.before("normalize", "put_carriage_returns_away", (state) => {
    if (/\r(?!\n)/.test(state.src) && state.src.includes("\n")) state.src = state.src.replace(/\r(?!\n)/g, AWAY);
  });
  md.core.ruler.after("block", "put_carriage_returns_back", (state) => {
    if (!state.src.includes(AWAY)) return;
    for (const token of state.tokens) {
      const inOutput = token.type === "fence" && isOutput(token.info);
      token.content = token.content.replaceAll(AWAY, inOutput ? "\r" : "\n");
    }
  });
}
