/** markdown-it with highlight.js as its README shows, KaTeX by the plugin that KaTeX's own list names, and footnotes. */
import { katex } from "@mdit/plugin-katex";
import hljs from "highlight.js/lib/common";
import markdownIt from "markdown-it";
import footnote from "markdown-it-footnote";

const md = markdownIt({
  linkify: true,
  highlight(code, language) {
    return language && hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : "";
  },
})
  .use(katex, { strict: "ignore" })
  .use(footnote);

export const render = (source) => md.render(source);
