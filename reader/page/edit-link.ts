/** The link to the editor. A page is rendered once for all its readers, so the link is put in for those who may follow it. */
import { html, trusted } from "../html/html.ts";

/** Documents can't write it: their comments are dropped, and it stands before their text. */
const MARK = "<!--edit-->";

/** Where the link will stand. */
export const editPlace = trusted(MARK);

/** The rendered page with a link to the editor. */
export function withEditLink(page: string, href: string): string {
  // A function: in a text, `$` would have a meaning.
  return page.replace(MARK, () => html`<a class="edit" href="${href}">Edit</a>`.text);
}
