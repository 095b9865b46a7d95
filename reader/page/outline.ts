/** What is on this page: its headings of the second and third level, beside the text where there is room. */
import type { Heading } from "../document/render.ts";
import { type Html, html } from "../html/html.ts";

/** With fewer headings the page is its own outline. */
const WORTH_SHOWING = 2;

export function outline(headings: readonly Heading[]): Html | null {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < WORTH_SHOWING) return null;
  return html`<nav class="outline" aria-label="On this page"><p>On this page</p>
<ul>
${shown.map(({ level, id, text }) => html`<li class="level-${level}"><a href="#${id}">${text}</a></li>\n`)}</ul></nav>`;
}
