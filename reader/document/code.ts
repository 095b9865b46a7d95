/** Code blocks: coloured by language; `output` and `term` blocks as a terminal shows them. */
import type { MarkdownIt, Token } from "markdown-it";
import { isDiagram } from "../../shared/document/diagrams.ts";
import { escapeHtml } from "../html/html.ts";
import { renderDiagram } from "./diagram.ts";
import { renderOutput } from "./output.ts";
import { Rendering } from "./rendering.ts";

export function code(md: MarkdownIt): void {
  // CommonMark: escapes and character references mean in an info string what they mean in text.
  md.core.ruler.after("block", "info_strings", (state) => {
    for (const token of state.tokens) {
      if (token.type === "fence" && /[\\&]/.test(token.info)) token.info = md.utils.unescapeAll(token.info);
    }
  });
  md.renderer.rules.fence = (tokens, i, _options, env) => {
    const token = tokens[i];
    return token ? renderFence(token, Rendering.of(env)) : "";
  };
  md.renderer.rules.code_block = (tokens, i) => `<pre><code>${escapeHtml(tokens[i]?.content ?? "")}</code></pre>\n`;
}

/** The first word of an info string, lower case; `output:exec-1` is the older form of `output`. */
export function languageOf(info: string): string {
  const word = /^\s*\{?\.?([^\s{},]+)/.exec(info)?.[1]?.toLowerCase() ?? "";
  return word.startsWith("output:") ? "output" : word;
}

/** ` ```term ` and ` ```bash term `: the log of a terminal, which nobody runs. */
export function isTerminal(info: string): boolean {
  return languageOf(info) === "term" || /^\s*\S+\s+term(?:\s|$)/i.test(info);
}

/** True for what a terminal showed. */
export function isOutput(info: string): boolean {
  return languageOf(info) === "output" || isTerminal(info);
}

function renderFence({ info, content }: Token, rendering: Rendering): string {
  const language = languageOf(info);
  if (isOutput(info)) return renderOutput(content);
  const diagram = isDiagram(language, content) ? rendering.context.diagramOf?.(content) : undefined;
  if (diagram && ("picture" in diagram || rendering.takeFrame())) return renderDiagram(content, diagram);
  if (language === "") return `<pre><code>${escapeHtml(content)}</code></pre>\n`;
  const name = escapeHtml(language);
  return `<pre data-language="${name}"><code class="language-${name}">${rendering.code.highlight(content, language)}</code></pre>\n`;
}
