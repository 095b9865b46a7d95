/** XML that is escaped, by the same means as HTML: its five entities are XML's too. What XML 1.0 can't hold is left out. */
import { type Html, html } from "../../reader/html/html.ts";

export { html as xml };
export type Xml = Html;

export function document(root: Xml): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root.text}`.replace(FORBIDDEN, "").toWellFormed();
}

/** https://www.w3.org/TR/xml/#charsets */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
