/**
 * The space between two blocks. On a page their margins collapse, by rules that know both elements; the editor measures each block
 * in a box of its own, where nothing collapses. So the space is a box, too: with both elements, empty.
 */
import { VOID } from "../../../../reader/document/raw-html/tags.ts";

export interface Shells {
  readonly first: string;
  readonly last: string;
}

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/g;

/** The first and the last of a block's elements, without their content. */
export function shellsOf(html: string): Shells {
  let depth = 0;
  let first = "";
  let last = "";
  for (const [, slash, name = "", attributes = ""] of html.matchAll(TAG)) {
    if (slash) depth--;
    else {
      if (depth === 0) last = shell(name, /\sclass="[^"]*"/.exec(attributes)?.[0] ?? "");
      if (first === "") first = last;
      if (!VOID.has(name)) depth++;
    }
  }
  return { first, last };
}

export const PARAGRAPH: Shells = { first: "<p></p>", last: "<p></p>" };

function shell(name: string, classes: string): string {
  return VOID.has(name) ? `<${name}${classes}>` : `<${name}${classes}></${name}>`;
}
