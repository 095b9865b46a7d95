/** Which files of its project a document points to, in markdown or in raw HTML. */
import { parser } from "@lezer/markdown";
import { resolveRelative } from "../fsml/path.ts";

const HTML_TARGET = /\b(?:src|href|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** Project paths that the document at `file` links to or shows, each once. They need not exist. */
export function linkedPaths(file: string, source: string): Set<string> {
  const paths = new Set<string>();
  const add = (link: string) => {
    const path = resolveRelative(file, link.trim());
    if (path !== null) paths.add(path);
  };
  parser.parse(source).iterate({
    enter(node) {
      const text = () => source.slice(node.from, node.to);
      if (node.name === "URL") add(withoutEscapes(text().replace(/^<|>$/g, "")));
      if (node.name === "HTMLBlock" || node.name === "HTMLTag") {
        for (const match of text().matchAll(HTML_TARGET)) add(match[1] ?? match[2] ?? match[3] ?? "");
      }
    },
  });
  return paths;
}

/** Backslash escapes of CommonMark §2.4. */
function withoutEscapes(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
