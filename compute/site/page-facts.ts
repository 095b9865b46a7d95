/** What a site needs to know of a page besides its text. */
import { parser } from "@lezer/markdown";
import { Slugs } from "../../reader/document/slug.ts";
import { drawingOf, isDiagram } from "../../shared/document/diagrams.ts";
import { findFences } from "../../shared/document/fences.ts";
import { splitFrontMatter, titleOf } from "../../shared/document/front-matter.ts";
import { linkedPaths } from "../../shared/document/links.ts";
import { wordsOf } from "../../shared/search/words.ts";

export interface PageFacts {
  /** `title:` of the front matter. */
  readonly title: string | null;
  /** The first `#` heading. */
  readonly longTitle: string | null;
  /** `date:` of the front matter, as YYYY-MM-DD. */
  readonly date: string | null;
  /** Project paths that the page points to, and where the drawings of its diagrams would be. */
  readonly links: ReadonlySet<string>;
  /** All headings but the long title, with their ids in the rendered page. */
  readonly headings: readonly { readonly id: string; readonly text: string }[];
  /** The different words of the text that stand in no heading, in their order by letters, with a space before each. */
  readonly words: string;
}

/** A tutorial full of code has about 450; the limit keeps tables of data from filling the index. */
const MAX_WORDS = 1_000;
/** A year and a version are words; longer numbers are data. */
const DATA = /^\d{5,}$/;
/** Data and markup: nobody searches for them. */
const UNREAD = new Set(["URL", "HTMLTag", "Comment", "CommentBlock", "CodeInfo", "Entity"]);
/** They stand within words. */
const MARK = /Mark$/;

export function pageFacts(path: string, source: string): PageFacts {
  const matter = splitFrontMatter(source);
  const slugs = new Slugs();
  const { titles, text } = readable(matter.body);
  const [first] = titles.filter(({ level }) => level === 1);
  const headings = titles.map((title) => ({ title, id: slugs.claim(title.text), text: title.text }));
  const { date } = matter.data;
  return {
    title: titleOf(matter),
    longTitle: first?.text || null,
    date: typeof date === "string" ? dayOf(date) : date instanceof Date ? dayOf(date.toISOString()) : null,
    links: new Set([...linkedPaths(path, source), ...drawings(source)]),
    headings: headings.flatMap(({ title, id, text }) => (title === first || text === "" ? [] : [{ id, text }])),
    words: differentWords(
      text,
      titles.map((title) => title.text),
    ),
  };
}

function drawings(source: string): string[] {
  if (!source.includes("mermaid")) return [];
  return findFences(source).flatMap(({ info, text }) => (isDiagram(info, text) ? [drawingOf(text)] : []));
}

function differentWords(text: string, headings: readonly string[]): string {
  const named = new Set(wordsOf(headings.join("\n")));
  return [...new Set(wordsOf(text))]
    .filter((word) => word.length > 1 && !named.has(word) && !DATA.test(word))
    .slice(0, MAX_WORDS)
    .sort()
    .map((word) => ` ${word}`)
    .join("");
}

/** The text of a document without its markup and without the output of its cells, and its headings. */
function readable(markdown: string): { text: string; titles: { level: number; text: string }[] } {
  const parts: string[] = [];
  const titles: { level: number; text: string }[] = [];
  let at = 0;
  const readTo = (end: number) => {
    if (end > at) parts.push(markdown.slice(at, end));
    at = Math.max(at, end);
  };
  let titleFrom = 0;
  parser.parse(markdown).iterate({
    enter({ name, from, to }) {
      if (levelOf(name) > 0) {
        readTo(from);
        titleFrom = parts.length;
      }
      const isOutput = name === "FencedCode" && /^(?:`{3,}|~{3,})\s*output\b/.test(markdown.slice(from, from + 80));
      const isMark = MARK.test(name);
      if (!isOutput && !isMark && !UNREAD.has(name)) return true;
      readTo(from);
      if (!isMark) parts.push(" ");
      at = Math.max(at, to);
      return false;
    },
    leave({ name, to }) {
      const level = levelOf(name);
      if (level === 0) return;
      readTo(to);
      const text = parts.slice(titleFrom).join("");
      // Of a wiki link the label is shown.
      titles.push({
        level,
        text: text
          .replace(/\[(?:[^\]|]*\|)?([^\]]*)\]/g, "$1")
          .replace(/\s+/g, " ")
          .trim(),
      });
    },
  });
  readTo(markdown.length);
  return { text: parts.join(""), titles };
}

function levelOf(name: string): number {
  return Number(/^(?:ATX|Setext)Heading(\d)$/.exec(name)?.[1] ?? 0);
}

function dayOf(date: string): string | null {
  const day = /^\d{4}-\d\d-\d\d/.exec(date)?.[0];
  return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : null;
}
