/** HTML that is escaped unless it says otherwise: a template's values are text, only an `Html` goes in as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = Html | string | number | null | readonly Piece[];

/** Builds HTML: html`<a href="${href}">${title}</a>`. Strings are escaped, lists joined, null is nothing. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  let text = strings[0] ?? "";
  for (const [i, piece] of pieces.entries()) text += textOf(piece) + (strings[i + 1] ?? "");
  return new Html(text);
}

/** Marks text that is HTML already: the output of this renderer, never a document's own. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Escapes for text and for attribute values in either kind of quotes. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char) : text;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function textOf(piece: Piece): string {
  if (piece === null) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "object") return piece.map(textOf).join("");
  return escapeHtml(String(piece));
}
