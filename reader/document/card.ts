/** Front matter as readers see it: title, authors, date and abstract. */

import type { FrontMatter } from "../../shared/document/front-matter.ts";
import { type Html, html } from "../html/html.ts";

/** The card, or null where there is nothing to show. `withTitle` is false when the document has a `#` heading of its own. */
export function frontMatterCard({ data, problem }: FrontMatter, withTitle: boolean): Html | null {
  if (problem !== null) return html`<p class="problem" role="note">The front matter can’t be read: ${problem}</p>\n`;
  const title = withTitle ? textOf(data.title) : null;
  const authors = namesOf(data.authors ?? data.author);
  const date = dateOf(data.date);
  const abstract = textOf(data.abstract);
  if (title === null && authors.length === 0 && date === null && abstract === null) return null;
  return html`<div class="card">
${title && html`<h1>${title}</h1>\n`}${
  authors.length > 0 ? html`<p class="authors">${authors.join(", ")}</p>\n` : null
}${date && html`<p class="date">${date}</p>\n`}${
  abstract && html`<div class="abstract"><p class="abstract-title">Abstract</p>\n<p>${abstract}</p></div>\n`
}</div>
`;
}

/** A title of front matter as text, or null. */
export function textOf(value: unknown): string | null {
  const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  return text === "" ? null : text;
}

/** `Ada`, `[Ada, Grace]`, `{name: Ada}` or a list of those. */
function namesOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((author: unknown) => {
    const name = textOf(typeof author === "object" && author !== null && "name" in author ? author.name : author);
    return name === null ? [] : [name];
  });
}

function dateOf(value: unknown): string | null {
  return value instanceof Date ? value.toISOString().slice(0, 10) : textOf(value);
}
