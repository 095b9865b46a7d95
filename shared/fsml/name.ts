/**
 * What the name of a file or folder says: its order, its slug and its title (formats.md §1).
 * A name is one path segment; paths in a project use `/` and never start with one.
 */
export interface Name {
  /** The number before the name without leading zeros, or null. A string: `NN-` may have any number of digits. */
  readonly order: string | null;
  /** The name without number and page extension, NFC. It is the segment of the URL. */
  readonly slug: string;
  /** True for `.md` and `.qmd`. */
  readonly isPage: boolean;
}

const PAGE = /\.(md|qmd)$/i;
const NUMBER = /^(\d+)[-_](?=.)/;

/** Reads one path segment. `kind` matters: a folder may end in `.md` or have dots without being a page. */
export function parseName(segment: string, kind: "file" | "folder"): Name {
  const name = segment.normalize("NFC");
  const isPage = kind === "file" && PAGE.test(name);
  const stem = isPage ? name.replace(PAGE, "") : name;
  const number = NUMBER.exec(stem);
  if (!number?.[1]) return { order: null, slug: stem, isPage };
  return { order: number[1].replace(/^0+(?=\d)/, ""), slug: stem.slice(number[0].length), isPage };
}

/** The title that a name gives: `-` and `_` as spaces, each word's first letter in upper case, the rest as written. */
export function titleOfSlug(slug: string): string {
  const words = slug.split(/[-_\s]+/).filter((word) => word !== "");
  if (words.length === 0) return slug;
  return words.map((word) => word.charAt(0).toLocaleUpperCase("en") + word.slice(1)).join(" ");
}

/** Orders siblings: numbered ones first and by number, then by name; a tie is broken by name. Stable on every machine. */
export function compareNames(
  a: { name: string; kind: "file" | "folder" },
  b: { name: string; kind: "file" | "folder" },
) {
  return compareParsed({ name: a.name, ...parseName(a.name, a.kind) }, { name: b.name, ...parseName(b.name, b.kind) });
}

/** The same for names that have been read already: sorting many reads each once. */
export function compareParsed(
  a: Pick<Name, "order" | "slug"> & { name: string },
  b: Pick<Name, "order" | "slug"> & { name: string },
): number {
  if (a.order !== null && b.order !== null) {
    const byNumber = a.order.length - b.order.length || compareText(a.order, b.order);
    if (byNumber !== 0) return byNumber;
  } else if (a.order !== null || b.order !== null) {
    return a.order !== null ? -1 : 1;
  }
  return compareText(a.slug.toLowerCase(), b.slug.toLowerCase()) || compareText(a.name, b.name);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
