import type { Author } from "../../../../shared/editor/history.ts";

/** In words: `Ann and a program`. */
export function authorsOf(authors: readonly Author[]): string {
  if (authors.length === 0) return "as it was found";
  return new Intl.ListFormat("en").format(authors.map(nameOf));
}

function nameOf(author: Author): string {
  switch (author.kind) {
    case "person":
      return author.name;
    case "program":
      return "a program";
    case "cell":
      return "a cell’s output";
  }
}
