/** Finds pages by the beginnings of words. All in the browser: what was loaded once is searched without a network. */
import { readPart, type SearchRecord } from "../../shared/search/record.ts";
import { askedWords, wordsOf } from "../../shared/search/words.ts";

export interface Found {
  /** Below the site's root, percent-encoded, with the heading that was meant as fragment. */
  readonly url: string;
  readonly title: string;
  /** The heading that the question speaks of, or null if it is the page as a whole. */
  readonly heading: string | null;
}

/** What a word counts where it stands, whole and as the beginning of one. A title outdoes all that a text can say. */
const WEIGHTS = { title: [100, 70], heading: [20, 14], text: [3, 2] } as const;

interface Entry {
  readonly record: SearchRecord;
  /** Their words, each with a space before it. */
  readonly title: string;
  readonly headings: readonly string[];
}

export class SearchIndex {
  readonly #entries: Entry[] = [];

  /** @param part of the index, as it was fetched */
  add(part: unknown): void {
    for (const record of readPart(part)) {
      const headings = record.headings.map(({ text }) => spaced(text));
      this.#entries.push({ record, title: spaced(record.title), headings });
    }
  }

  /** The best pages for the question, which every one of its words must lead to. */
  find(question: string, most = 12): Found[] {
    const words = askedWords(question).map((word) => ` ${word}`);
    if (words.length === 0) return [];
    const found: { entry: Entry; score: number }[] = [];
    for (const entry of this.#entries) {
      const score = scoreOf(entry, words);
      if (score > 0) found.push({ entry, score });
    }
    return found
      .sort((a, b) => b.score - a.score || a.entry.title.length - b.entry.title.length)
      .slice(0, most)
      .map(({ entry }) => present(entry, words));
  }
}

function spaced(text: string): string {
  return wordsOf(text)
    .map((word) => ` ${word}`)
    .join("");
}

/** 0 if a word leads nowhere. */
function scoreOf({ record, title, headings }: Entry, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    const best = Math.max(
      scoreIn(title, word, WEIGHTS.title),
      ...headings.map((heading) => scoreIn(heading, word, WEIGHTS.heading)),
      scoreIn(record.words, word, WEIGHTS.text),
    );
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

function scoreIn(text: string, word: string, [whole, beginning]: readonly [number, number]): number {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if (end === text.length || text[end] === " ") return whole;
    if (!text.includes(`${word} `, end) && !text.endsWith(word)) return beginning;
  }
  return 0;
}

/** Leads to the heading that has most of the words that the title has not. */
function present({ record, title, headings }: Entry, words: readonly string[]): Found {
  const open = words.filter((word) => !title.includes(word));
  const counts = headings.map((heading) => open.filter((word) => heading.includes(word)).length);
  const most = Math.max(0, ...counts);
  const heading = most > 0 ? record.headings[counts.indexOf(most)] : undefined;
  return {
    url: record.url + (heading ? `#${encodeURIComponent(heading.id)}` : ""),
    title: record.title,
    heading: heading?.text ?? null,
  };
}
