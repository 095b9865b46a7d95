/**
 * The search index of a site, in parts. A page's part follows from its path, so a change of one page changes one part of
 * each half at most; each part is an object by content like any other, so nothing of a page that was taken down stays readable.
 */
import { encodeUrlPath, type SitePage } from "../../shared/fsml/site.ts";
import { storeText, storeTitle } from "../../shared/search/record.ts";
import type { PageFacts } from "./page-facts.ts";
import { hashOf } from "./site-memory.ts";

/** About as many pages stand in one part: some 100 KB before compression in either half. */
const TITLES_IN_PART = 512;
const TEXTS_IN_PART = 64;

export interface SearchParts {
  readonly titles: readonly Buffer<ArrayBuffer>[];
  readonly texts: readonly Buffer<ArrayBuffer>[];
}

/** @returns the parts as they are stored */
export function searchParts(pages: readonly SitePage[], factsOf: (file: string) => PageFacts | undefined): SearchParts {
  const known = pages.flatMap((page) => {
    const facts = factsOf(page.file);
    const place = Number.parseInt(hashOf(page.file).slice(0, 8), 16);
    return facts ? [{ place, title: facts.longTitle ?? page.title, url: encodeUrlPath(page.url), facts }] : [];
  });
  return {
    titles: inParts(known, TITLES_IN_PART, ({ url, title, facts }) =>
      storeTitle({ url, title, headings: facts.headings }),
    ),
    texts: inParts(known, TEXTS_IN_PART, ({ url, facts }) => storeText({ url, words: facts.words })),
  };
}

function inParts<Page extends { readonly place: number }>(
  pages: readonly Page[],
  pagesInPart: number,
  recordOf: (page: Page) => readonly unknown[],
): Buffer<ArrayBuffer>[] {
  // A power of two: the parts are dealt anew only when a site has doubled.
  const count = 2 ** Math.max(0, Math.ceil(Math.log2(pages.length / pagesInPart)));
  return [...Map.groupBy(pages, ({ place }) => place % count)]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => Buffer.from(JSON.stringify(members.map(recordOf))));
}
