/**
 * Texts that stood in the file a moment ago. A program that reads the file, works, and writes it back knows nothing of what
 * was saved in between: merged against the last text, its writing would look like a deletion of all that.
 */
import { applyChanges, minimalChange, type TextChange } from "../../../../shared/document/changes.ts";

/** Programs that take longer between reading and writing are on their own. */
const KEEP_MS = 5_000;
const KEEP = 32;
/** Of what the texts have that the next one lacks. */
const KEEP_CHARS = 4 * 1024 * 1024;

/** A text, as a change of the one that was added after it: whole ones of a large document would fill the heap. */
interface Older {
  readonly change: TextChange;
  readonly until: number;
}

export class Bases {
  #newest: { readonly text: string; readonly until: number } | null = null;
  /** The newest first. */
  readonly #older: Older[] = [];

  /** It stood in the file, or may stand there now. */
  add(text: string): void {
    this.#forget();
    const change = this.#newest && minimalChange(text, this.#newest.text);
    if (this.#newest && change) this.#older.unshift({ change: detached(change), until: this.#newest.until });
    this.#newest = { text, until: performance.now() + KEEP_MS };
    let chars = 0;
    const many = this.#older.findIndex(({ change }, i) => {
      chars += change.insert.length;
      return i === KEEP || chars > KEEP_CHARS;
    });
    if (many >= 0) this.#older.length = many;
  }

  /** The text that the writer of `found` most likely began with: the one that differs least, the last one if in doubt. */
  of(found: string, last: string): string {
    this.#forget();
    return nearest(found, last, this.#texts());
  }

  get isEmpty(): boolean {
    this.#forget();
    return this.#newest === null;
  }

  *#texts(): Iterable<string> {
    if (!this.#newest) return;
    let { text } = this.#newest;
    yield text;
    for (const { change } of this.#older) {
      text = applyChanges(text, [change]);
      yield text;
    }
  }

  #forget(): void {
    const now = performance.now();
    if (this.#newest && this.#newest.until <= now) this.#newest = null;
    while (!this.#newest || (this.#older.at(-1)?.until ?? now + 1) <= now) if (!this.#older.pop()) break;
  }
}

/** The one of the texts that differs least from `found`; the first of those that do so alike. */
export function nearest(found: string, first: string, others: Iterable<string>): string {
  let best = first;
  let least = distance(first, found);
  for (const text of others) {
    const far = distance(text, found);
    if (far < least) [best, least] = [text, far];
  }
  return best;
}

/** What goes counts more than what comes: if two bases are as likely, the one from which nothing is lost is taken. */
function distance(before: string, after: string): number {
  const change = minimalChange(before, after);
  return change ? 2 * (change.to - change.from) + change.insert.length : 0;
}

/** V8 keeps a whole text alive for a slice of it. */
function detached({ from, to, insert }: TextChange): TextChange {
  return { from, to, insert: Buffer.from(insert, "utf16le").toString("utf16le") };
}
