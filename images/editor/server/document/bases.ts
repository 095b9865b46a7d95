/**
 * Texts that stood in the file a moment ago. A program that reads the file, works, and writes it back knows nothing of what
 * was saved in between: merged against the last text, its writing would look like a deletion of all that.
 */
import { minimalChange } from "../../../../shared/document/changes.ts";

/** Programs that take longer between reading and writing are on their own. */
const KEEP_MS = 5_000;
const KEEP = 16;

export class Bases {
  #earlier: { text: string; until: number }[] = [];

  /** It stood in the file, or may stand there now. */
  add(text: string): void {
    this.#forget();
    const others = this.#earlier.filter((earlier) => earlier.text !== text);
    this.#earlier = [...others, { text, until: performance.now() + KEEP_MS }].slice(-KEEP);
  }

  /** The text that the writer of `found` most likely began with: the one that differs least, the last one if in doubt. */
  of(found: string, last: string): string {
    this.#forget();
    return nearest(found, [last, ...this.#earlier.map(({ text }) => text).toReversed()]);
  }

  get isEmpty(): boolean {
    this.#forget();
    return this.#earlier.length === 0;
  }

  #forget(): void {
    const now = performance.now();
    this.#earlier = this.#earlier.filter(({ until }) => until > now);
  }
}

/** The one of `texts` that differs least from `found`; the first of those that do so alike. */
export function nearest(found: string, texts: readonly [string, ...string[]]): string {
  let [best] = texts;
  for (const text of texts) if (distance(text, found) < distance(best, found)) best = text;
  return best;
}

/** What goes counts more than what comes: if two bases are as likely, the one from which nothing is lost is taken. */
function distance(before: string, after: string): number {
  const change = minimalChange(before, after);
  return change ? 2 * (change.to - change.from) + change.insert.length : 0;
}
