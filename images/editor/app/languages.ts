/** Highlighting inside fences, loaded when a document has a fence of the language. */
import { LanguageDescription, StreamLanguage } from "@codemirror/language";

export const fenceLanguages = [
  LanguageDescription.of({
    name: "python",
    alias: ["py"],
    load: async () => (await import("@codemirror/lang-python")).python(),
  }),
  LanguageDescription.of({
    name: "bash",
    alias: ["sh", "shell"],
    load: async () => {
      const { LanguageSupport } = await import("@codemirror/language");
      return new LanguageSupport(StreamLanguage.define((await import("@codemirror/legacy-modes/mode/shell")).shell));
    },
  }),
  LanguageDescription.of({
    name: "yaml",
    alias: ["yml"],
    load: async () => {
      const { LanguageSupport } = await import("@codemirror/language");
      return new LanguageSupport(StreamLanguage.define((await import("@codemirror/legacy-modes/mode/yaml")).yaml));
    },
  }),
];
