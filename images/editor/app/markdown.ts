/**
 * Markdown as it is typed. `markdown()` of @codemirror/lang-markdown brings whole grammars of HTML, CSS and JavaScript into the
 * first load, a fifth of it; here a fence's grammar comes when a document has such a fence.
 */
import {
  deleteMarkupBackward,
  insertNewlineContinueMarkup,
  markdownLanguage,
  pasteURLAsLink,
} from "@codemirror/lang-markdown";
import { Language, type LanguageDescription, LanguageSupport, ParseContext } from "@codemirror/language";
import { Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import type { Parser } from "@lezer/common";
import { MarkdownParser, parseCode } from "@lezer/markdown";

/** @param languageOf what a fence's info string names */
export function markdown(languageOf: (info: string) => LanguageDescription | null): LanguageSupport {
  const { parser } = markdownLanguage;
  if (!(parser instanceof MarkdownParser)) throw new TypeError("markdown is not parsed by its own parser");
  const codeParser = (info: string): Parser | null => {
    const language = languageOf(info);
    if (!language) return null;
    return language.support?.language.parser ?? ParseContext.getSkippingParser(language.load());
  };
  // The same data as markdownLanguage's: by them its commands know where they are in markdown.
  const language = new Language(markdownLanguage.data, parser.configure(parseCode({ codeParser })), [], "markdown");
  return new LanguageSupport(language, [
    pasteURLAsLink,
    Prec.high(
      keymap.of([
        { key: "Enter", run: insertNewlineContinueMarkup },
        { key: "Backspace", run: deleteMarkupBackward },
      ]),
    ),
  ]);
}
