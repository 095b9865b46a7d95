/**
 * Pages that this isolate rendered or fetched lately. The data centre's cache is a request away; this one is a look into
 * a map, which is what pages that many people read at once need.
 */

/** UTF-16 units of all pages together: a tenth of the 128 MB that an isolate has. */
const MAX_CHARS = 6_000_000;

export class PageMemory {
  /** Oldest use first. */
  readonly #pages = new Map<string, string>();
  #chars = 0;

  get(key: string): string | null {
    const page = this.#pages.get(key);
    if (page === undefined) return null;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  /** Keeps `page` instead of what was kept under `key`. */
  keep(key: string, page: string): void {
    this.#chars -= this.#pages.get(key)?.length ?? 0;
    this.#pages.delete(key);
    if (page.length > MAX_CHARS) return;
    this.#pages.set(key, page);
    this.#chars += page.length;
    for (const [oldest, { length }] of this.#pages) {
      if (this.#chars <= MAX_CHARS) return;
      this.#pages.delete(oldest);
      this.#chars -= length;
    }
  }
}
