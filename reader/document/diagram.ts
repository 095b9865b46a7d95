/** `mermaid` blocks as pictures. What was drawn is an image to the page: nothing in it runs, and it can load nothing. */
import { escapeHtml } from "../html/html.ts";
import { SANDBOX } from "./frame.ts";
import type { Diagram } from "./render.ts";
import { sizeAttributes } from "./target.ts";

export function renderDiagram(text: string, diagram: Diagram): string {
  const words = escapeHtml(wordsFor(text));
  if ("picture" in diagram) {
    const size = sizeAttributes(diagram.size);
    return `<figure class="diagram"><img src="${escapeHtml(diagram.picture)}" alt="${words}"${size} loading="lazy" decoding="async"></figure>\n`;
  }
  return `<figure class="diagram"><iframe class="frame" sandbox="${SANDBOX}" loading="lazy" title="${words}" src="${escapeHtml(diagram.page)}"></iframe></figure>\n`;
}

/** What its author says that it shows (mermaid's accTitle and accDescr), else of what kind it is. */
function wordsFor(text: string): string {
  const said = ["accTitle", "accDescr"].flatMap((name) => {
    const [, line, block] = new RegExp(`^[ \\t]*${name}[ \\t]*(?::([^\\n]*)|\\{([^}]*)\\})`, "m").exec(text) ?? [];
    return (line ?? block ?? "").replace(/\s+/g, " ").trim() || [];
  });
  if (said.length > 0) return said.join(". ");
  const body = text.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/^\s*(?:%%[^\n]*\n\s*)*/, "");
  const kind = /^[a-zA-Z]+/.exec(body)?.[0] ?? "";
  return kind === "" ? "Diagram" : `Diagram: ${kind}`;
}
