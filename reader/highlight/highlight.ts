/** Code as HTML with the `tok-…` classes of @lezer/highlight's classHighlighter, which the editor uses too. */
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { escapeHtml } from "../html/html.ts";
import { findLanguage, type Language } from "./languages.ts";
import { streamTokens } from "./stream.ts";

/**
 * Characters that get colours, in one block and in one document; what is beyond stays plain. A page of a real document
 * has about 10,000; real code takes a quarter of a microsecond a character, the worst (a line of nothing but `--` in
 * TypeScript) some 60. Counted in characters, not in time, so that the same document gives the same page on every machine.
 */
const MAX_BLOCK_CHARS = 20_000;
const MAX_DOCUMENT_CHARS = 60_000;

/** Tokens that the theme leaves in the colour of text: half of all, and a third of a page's bytes if they had a span. */
const UNCOLORED = new Set(["", "tok-variableName", "tok-variableName tok-local", "tok-operator", "tok-punctuation"]);

/** Colours the code of one document. */
export class Highlighter {
  #charsLeft = MAX_DOCUMENT_CHARS;

  /** `code` in the language that an info string calls `name`; escaped text where it is not known. */
  highlight(code: string, name: string): string {
    const language = findLanguage(name);
    if (!language || code.length > MAX_BLOCK_CHARS || code.length > this.#charsLeft) return escapeHtml(code);
    this.#charsLeft -= code.length;
    try {
      return tokensOf(code, language);
    } catch {
      // Grammars fail on thousands of marks inside each other: most run out of stack, YAML's reads past its tree's end.
      return escapeHtml(code);
    }
  }
}

function tokensOf(code: string, language: Language): string {
  let out = "";
  const put = (text: string, classes: string) => {
    out += UNCOLORED.has(classes) ? escapeHtml(text) : `<span class="${classes}">${escapeHtml(text)}</span>`;
  };
  if ("grammar" in language) {
    highlightCode(code, language.grammar.parse(code), classHighlighter, put, () => {
      out += "\n";
    });
  } else streamTokens(language.stream, code, (text, tags) => put(text, classHighlighter.style(tags) ?? ""));
  return out;
}
