/** The places of a text that a search means, and what they would become. Pure, and as slow as the expression: it runs in a process of its own, worker.ts. */
import type { TextChange } from "../../../../shared/document/changes.ts";
import type { Match, SearchQuery } from "../../../../shared/editor/search.ts";
import { SEARCH_LIMITS } from "../../../../shared/editor/search-limits.ts";

/** UTF-16 units shown before and behind a match, and of it. */
const SHOWN = { before: 40, text: 200, after: 120 } as const;
const LETTER = "[\\p{L}\\p{M}\\p{N}_]";

/** Throws SyntaxError. */
export function patternOf({ words, isExpression, matchesCase, wholeWords }: SearchQuery): RegExp {
  const meant = isExpression ? words : words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const whole = wholeWords ? `(?<!${LETTER})(?:${meant})(?!${LETTER})` : meant;
  return new RegExp(whole, matchesCase ? "gmu" : "gimu");
}

/** How many there are, and the first of them as they are shown. */
export function findMatches(text: string, query: SearchQuery): { count: number; matches: Match[] } {
  const matches: Match[] = [];
  let count = 0;
  let line = 1;
  let counted = 0;
  for (const found of placesOf(text, query)) {
    if (++count > SEARCH_LIMITS.shownOfOne) continue;
    const [from, to] = [found.index, found.index + found[0].length];
    for (let at = text.indexOf("\n", counted); at !== -1 && at < from; at = text.indexOf("\n", at + 1)) line++;
    counted = from;
    const insert = insertOf(found, query);
    matches.push({ from, to, line, ...shown(text, from, to), insert: insert?.slice(0, SHOWN.text) ?? null });
  }
  return { count, matches };
}

/** All of them. Throws RangeError if there are more than can be replaced at once. */
export function findChanges(text: string, query: SearchQuery): TextChange[] {
  const changes: TextChange[] = [];
  for (const found of placesOf(text, query)) {
    if (changes.length === SEARCH_LIMITS.places) throw new RangeError(`more than ${SEARCH_LIMITS.places} places`);
    changes.push({ from: found.index, to: found.index + found[0].length, insert: insertOf(found, query) ?? found[0] });
  }
  return changes;
}

/** Matches of nothing are none: there is nothing to see, and nothing to replace. */
function* placesOf(text: string, query: SearchQuery): Generator<RegExpExecArray> {
  for (const found of text.matchAll(patternOf(query))) if (found[0] !== "") yield found;
}

function shown(text: string, from: number, to: number): Pick<Match, "before" | "text" | "after"> {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const end = text.indexOf("\n", to);
  const behind = Math.min(end === -1 ? text.length : end, to + SHOWN.after);
  return {
    before:
      (start < from - SHOWN.before ? "…" : "") + text.slice(Math.max(start, from - SHOWN.before), from).trimStart(),
    text: to - from > SHOWN.text ? `${text.slice(from, from + SHOWN.text)}…` : text.slice(from, to),
    after: text.slice(to, behind).trimEnd(),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

function insertOf(found: RegExpExecArray, { isExpression, replacement }: SearchQuery): string | null {
  if (replacement === null || !isExpression) return replacement;
  return replacement.replace(
    /\\([nt\\])|\$(?:([$&])|(\d\d?)|<([^>]*)>)/g,
    (written, escaped?: string, mark?: string, number?: string, name?: string) => {
      if (escaped !== undefined) return ESCAPES[escaped] ?? written;
      if (mark !== undefined) return mark === "$" ? "$" : found[0];
      if (name !== undefined) return found.groups?.[name] ?? (found.groups && name in found.groups ? "" : written);
      return groupOf(found, number ?? "") ?? written;
    },
  );
}

/** `$12` is the twelfth group if there are so many, else the first one and a 2. */
function groupOf(found: RegExpExecArray, number: string): string | null {
  if (Number(number) > 0 && Number(number) < found.length) return found[Number(number)] ?? "";
  const [first = "", ...rest] = number;
  if (rest.length === 0 || Number(first) === 0 || Number(first) >= found.length) return null;
  return (found[Number(first)] ?? "") + rest.join("");
}
