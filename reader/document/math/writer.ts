/**
 * TeX to HTML by KaTeX, with fuses.
 *
 * The output is KaTeX's `html`, not `mathml`: browsers set MathML with whatever math font the reader's machine has, and
 * without one, fences and radicals come out wrong; the HTML form with the served fonts looks the same everywhere. Writing
 * both makes such pages 15 % longer. What a screen reader hears is the TeX source, as the formula's label.
 */
import katex from "katex";
import { escapeHtml } from "../../html/html.ts";

/** UTF-16 units of TeX; the longest formula of a real paper has about 2,000. */
const MAX_FORMULA_CHARS = 5_000;
/** Characters of HTML that all formulas of a document may take; about 5,000 formulas. Leaves room in MAX_PAGE_CHARS for the text. */
const MAX_HTML_CHARS = 6_000_000;
/** KaTeX's own limit, and the tokens that expansions of an author's macros may produce in one formula. */
const MAX_EXPANSIONS = 1_000;
const MAX_EXPANDED_TOKENS = 200_000;
/** The same for all formulas of a document that go over that: some 50 ms each. */
const MAX_WASTED_TOKENS = 2_000_000;

export class MathWriter {
  /** Definitions stay for the formulas behind them, as in a LaTeX document. */
  readonly #macros: Record<string, string> = {};
  #longestDefinition = 0;
  #htmlLeft = MAX_HTML_CHARS;
  #wastedTokens = 0;
  used = false;

  /** Formulas come again within a document (`$x$`). Emptied by each definition, which can change what they mean. */
  readonly #known = new Map<string, string>();

  /** Sets a formula. One that KaTeX can't set, or that costs too much, is shown as its source with the reason. */
  write(tex: string, display: boolean): string {
    const source = tex.trim();
    const problem = this.#problemOf(source);
    if (problem !== null) return sourceOf(source, display, problem);
    const key = (display ? "$$" : "$") + source;
    const html = this.#known.get(key) ?? this.#set(source, display);
    this.#known.set(key, html);
    this.#htmlLeft -= html.length;
    return html;
  }

  #set(source: string, display: boolean): string {
    try {
      const body = katex.renderToString(redefinable(source), {
        displayMode: display,
        output: "html",
        strict: "ignore",
        trust: false,
        maxSize: 50,
        maxExpand: this.#maxExpand(source),
        macros: this.#macros,
        globalGroup: true,
      });
      this.used = true;
      return `<span class="math${display ? " math-display" : ""}" role="img" aria-label="${escapeHtml(source)}">${body}</span>`;
    } catch (error) {
      // Besides ParseError: a RangeError, when braces are nested deeper than the stack.
      if (error instanceof RangeError) return sourceOf(source, display, "the formula is nested too deep");
      const problem = error instanceof Error ? error.message : "can't be set";
      if (problem.includes("Too many expansions"))
        this.#wastedTokens += this.#maxExpand(source) * this.#longestStep(source);
      return sourceOf(source, display, problem);
    }
  }

  #problemOf(source: string): string | null {
    if (source.length > MAX_FORMULA_CHARS) return `the formula is longer than ${MAX_FORMULA_CHARS} characters`;
    if (this.#htmlLeft <= 0) return "the document has more formulas than a page can show";
    if (this.#wastedTokens >= MAX_WASTED_TOKENS) return "the document’s macros expand to too much";
    if (!DEFINITION.test(source)) return null;
    if (!definesHarmlessly(source)) return "only \\newcommand with each parameter used once, and \\def without any";
    this.#longestDefinition = Math.max(this.#longestDefinition, source.length);
    this.#known.clear();
    return null;
  }

  #maxExpand(source: string): number {
    if (this.#longestDefinition === 0) return MAX_EXPANSIONS;
    return Math.min(MAX_EXPANSIONS, MAX_EXPANDED_TOKENS / this.#longestStep(source));
  }

  /** Tokens that one expansion can add, at most. */
  #longestStep(source: string): number {
    return Math.max(this.#longestDefinition, source.length);
  }
}

const DEFINITION = /\\(?:[gex]?def|let|futurelet|global|long|(?:re|provide)?newcommand|newenvironment)(?![a-zA-Z])/;

/**
 * KaTeX counts expansions, not what they produce: `\def\a#1{\a{#1#1}}` doubles its argument at each of a thousand
 * steps. A macro that uses each parameter once can't grow so, and that is what people write.
 */
function definesHarmlessly(source: string): boolean {
  if (/##|\\(?:[ex]def|let|futurelet|global|long|newenvironment)(?![a-zA-Z])/.test(source)) return false;
  return source.split(/\\(?:g?def|(?:re|provide)?newcommand)(?![a-zA-Z])/).every((definition) => {
    const parameters = definition.match(/#\d/g) ?? [];
    return new Set(parameters).size === parameters.length;
  });
}

/** `\\newcommand{\\R}` fails in KaTeX, which has an `\\R`; in LaTeX and MathJax it doesn't. */
function redefinable(source: string): string {
  return source.replace(/\\newcommand\*?\s*\{?\s*(\\[a-zA-Z]+)\s*\}?/g, "\\providecommand{$1}{}\\renewcommand{$1}");
}

function sourceOf(source: string, display: boolean, problem: string): string {
  const code = `<code class="math-source" title="${escapeHtml(problem)}">${escapeHtml(source)}</code>`;
  return display ? `<span class="math math-display">${code}</span>` : code;
}
