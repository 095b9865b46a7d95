/** Highlighting inside fences, by the grammars that pages are coloured with; loaded when a document has such a fence. */
import {
  defineLanguageFacet,
  Language,
  LanguageDescription,
  LanguageSupport,
  StreamLanguage,
  type StreamParser,
} from "@codemirror/language";
import type { Parser } from "@lezer/common";

const known = new Map<string, LanguageDescription>();

/** The language that an info string names. Whether there is one is known only when the grammars are here. */
export function fenceLanguage(info: string): LanguageDescription | null {
  const name = /^[^\s{}]+/.exec(info)?.[0].toLowerCase();
  if (name === undefined || name === "output") return null;
  const language = known.get(name) ?? LanguageDescription.of({ name, load: () => load(name) });
  known.set(name, language);
  return language;
}

async function load(name: string): Promise<LanguageSupport> {
  // It knows how Python is indented, too.
  if (name === "python" || name === "py") return (await import("@codemirror/lang-python")).python();
  const { findLanguage } = await import("../../../reader/highlight/languages.ts");
  const found = findLanguage(name);
  // reader/ sees the other declarations of the same classes (.d.cts), which TypeScript takes for different ones.
  if (found && "grammar" in found)
    return new LanguageSupport(new Language(defineLanguageFacet(), found.grammar as unknown as Parser, [], name));
  return new LanguageSupport(StreamLanguage.define((found?.stream ?? PLAIN) as StreamParser<unknown>));
}

const PLAIN = {
  token(stream: { skipToEnd(): void }) {
    stream.skipToEnd();
    return null;
  },
};
