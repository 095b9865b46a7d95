/** What the search index has of a page. The index is parts; a part is a list of records, as JSON. */

export interface SearchRecord {
  /** Below the site's root, percent-encoded. */
  readonly url: string;
  readonly title: string;
  /** Without the title. */
  readonly headings: readonly { readonly id: string; readonly text: string }[];
  /** Words of the text that stand in neither title nor headings, each once, with a space before each. */
  readonly words: string;
}

/** Short names: a site of 5,000 pages has as many of them. */
export type StoredRecord = readonly [
  url: string,
  title: string,
  headings: readonly (readonly [id: string, text: string])[],
  words: string,
];

export function storeRecord({ url, title, headings, words }: SearchRecord): StoredRecord {
  return [url, title, headings.map(({ id, text }) => [id, text] as const), words];
}

/** Reads a part; what is no record is left out. By hand: a schema library would be larger than all of the search. */
export function readPart(part: unknown): SearchRecord[] {
  if (!Array.isArray(part)) return [];
  return part.flatMap((record: unknown) => {
    if (!Array.isArray(record)) return [];
    const [url, title, headings, words] = record as unknown[];
    if (typeof url !== "string" || typeof title !== "string" || typeof words !== "string") return [];
    if (!Array.isArray(headings)) return [];
    return [{ url, title, words, headings: headings.flatMap(headingOf) }];
  });
}

function headingOf(heading: unknown): { id: string; text: string }[] {
  if (!Array.isArray(heading)) return [];
  const [id, text] = heading as unknown[];
  return typeof id === "string" && typeof text === "string" ? [{ id, text }] : [];
}
