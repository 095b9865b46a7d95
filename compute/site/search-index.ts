/**
 * The search index of a site, in parts. A page's part follows from its path, so a change of one page changes one part; each
 * part is an object by content like any other, so nothing of a page that was taken down stays readable.
 */
import { encodeUrlPath, type SitePage } from "../../shared/fsml/site.ts";
import { type SearchRecord, type StoredRecord, storeRecord } from "../../shared/search/record.ts";
import { wordsOf } from "../../shared/search/words.ts";
import type { PageFacts } from "./page-facts.ts";
import { hashOf } from "./site-memory.ts";

/** About as many pages stand in one part: some 100 KB before compression. */
const PAGES_IN_PART = 64;

/** @returns the parts as they are stored */
export function searchParts(
  pages: readonly SitePage[],
  factsOf: (file: string) => PageFacts | undefined,
): Buffer<ArrayBuffer>[] {
  const count = partsFor(pages.length);
  const parts = Map.groupBy(pages, ({ file }) => Number.parseInt(hashOf(file).slice(0, 8), 16) % count);
  return [...parts]
    .sort(([a], [b]) => a - b)
    .map(([, members]) => {
      const records: StoredRecord[] = members.flatMap((page) => {
        const facts = factsOf(page.file);
        return facts ? [storeRecord(recordOf(page, facts))] : [];
      });
      return Buffer.from(JSON.stringify(records));
    });
}

/** A power of two: the parts are dealt anew only when a site has doubled. */
function partsFor(pages: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(pages / PAGES_IN_PART)));
}

function recordOf(page: SitePage, { longTitle, headings, words }: PageFacts): SearchRecord {
  const title = longTitle ?? page.title;
  const named = new Set(wordsOf([title, ...headings.map(({ text }) => text)].join("\n")));
  const rest = words.filter((word) => !named.has(word)).sort();
  return { url: encodeUrlPath(page.url), title, headings, words: rest.map((word) => ` ${word}`).join("") };
}
