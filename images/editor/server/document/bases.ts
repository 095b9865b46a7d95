/**
 * Texts that stood in the file a moment ago. A program that reads the file, works, and writes it back knows nothing of what
 * was saved in between: merged against the last text, its writing would look like a deletion of all that.
 */
import { applyChanges, minimalChange, type TextChange } from "../../../../shared/document/changes.ts";
import { diffText } from "../../../../shared/document/diff.ts";

/** Programs that take longer between reading and writing are on their own. */
const KEEP_MS = 5_000;
const KEEP = 64;
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
    const until = performance.now() + KEEP_MS;
    const [newest, before] = [this.#newest, this.#older[0]];
    const isBefore = newest && before && applyChanges(newest.text, [before.change]) === text;
    // Each is there once; the file had the newest one, too, or has it now.
    if (isBefore) this.#older[0] = { ...before, until };
    const change = newest && !isBefore && minimalChange(text, newest.text);
    if (newest && change) this.#older.unshift({ change: detached(change), until: newest.until });
    this.#newest = { text: isBefore ? newest.text : text, until };
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

/**
 * What goes counts more than what comes: if two bases are as likely, the one from which nothing is lost is taken. Each change
 * counts for itself: two programs can have written since the file was looked at, at both ends of it.
 */
function distance(before: string, after: string): number {
  const all = minimalChange(before, after);
  if (!all) return 0;
  // Whole lines: parts of them are like nothing on the other side.
  const from = all.from === 0 ? 0 : before.lastIndexOf("\n", all.from - 1) + 1;
  const end = before.indexOf("\n", all.to) + 1;
  const behind = (end === 0 ? before.length : end) - all.to;
  const changed = after.slice(from, all.from + all.insert.length + behind);
  const changes = diffText(before.slice(from, all.to + behind), changed);
  return changes.reduce((sum, change) => sum + 2 * (change.to - change.from) + change.insert.length, 0);
}

/** V8 keeps a whole text alive for a slice of it. */
function detached({ from, to, insert }: TextChange): TextChange {
  return { from, to, insert: Buffer.from(insert, "utf16le").toString("utf16le") };
}
