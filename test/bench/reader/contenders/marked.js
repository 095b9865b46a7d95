/** marked with the extensions that its documentation lists for highlighting, math and footnotes. */
import hljs from "highlight.js/lib/common";
import { Marked } from "marked";
import footnote from "marked-footnote";
import { markedHighlight } from "marked-highlight";
import katex from "marked-katex-extension";

const marked = new Marked(
  markedHighlight({
    langPrefix: "hljs language-",
    highlight(code, language) {
      return hljs.highlight(code, { language: hljs.getLanguage(language) ? language : "plaintext" }).value;
    },
  }),
  katex({ throwOnError: false, strict: "ignore", nonStandard: true }),
  footnote(),
);

export const render = (source) => marked.parse(source);
