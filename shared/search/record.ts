/**
 * What the search index has of a page, in two halves: titles, which most questions are answered from, and texts, which are
 * many times as much. Each half is parts; a part is a list of records, as JSON with short names, since a large site has thousands.
 */

export interface TitleRecord {
  /** Below the site's root, percent-encoded. */
  readonly url: string;
  readonly title: string;
  /** Without the title. */
  readonly headings: readonly { readonly id: string; readonly text: string }[];
}

export interface TextRecord {
  readonly url: string;
  /** Words of the text that stand in no heading, each once, with a space before each. */
  readonly words: string;
}

export type StoredTitle = readonly [
  url: string,
  title: string,
  headings: readonly (readonly [id: string, text: string])[],
];
export type StoredText = readonly [url: string, words: string];

export function storeTitle({ url, title, headings }: TitleRecord): StoredTitle {
  return [url, title, headings.map(({ id, text }) => [id, text] as const)];
}

export function storeText({ url, words }: TextRecord): StoredText {
  return [url, words];
}

/** Reads a part; what is no record is left out. By hand: a schema library would be larger than all of the search. */
export function readTitles(part: unknown): TitleRecord[] {
  return lists(part).flatMap(([url, title, headings]) => {
    if (typeof url !== "string" || typeof title !== "string" || !Array.isArray(headings)) return [];
    return [{ url, title, headings: headings.flatMap(headingOf) }];
  });
}

export function readTexts(part: unknown): TextRecord[] {
  return lists(part).flatMap(([url, words]) =>
    typeof url === "string" && typeof words === "string" ? [{ url, words }] : [],
  );
}

function headingOf(heading: unknown): { id: string; text: string }[] {
  const [[id, text] = []] = lists([heading]);
  return typeof id === "string" && typeof text === "string" ? [{ id, text }] : [];
}

function lists(part: unknown): unknown[][] {
  return Array.isArray(part) ? part.filter((record: unknown) => Array.isArray(record)) : [];
}
