/** The copy of one open document on its shelf: all that happens to the document goes there, in its order. */
import * as Y from "yjs";
import {
  acknowledge,
  type Change,
  type Kept,
  type Rescue,
  rescue,
  rowsOf,
  tidy,
  tidyAll,
  unmerged,
  unsavedElsewhere,
} from "./rows.ts";
import type { Act, DocumentName, Shelf } from "./shelf.ts";

/**
 * What is typed within so long is put on the shelf together: a write for each key would cost the page more than the key does. What
 * others typed is on the server, and can wait longer.
 */
const OWN_MS = 100;
const OTHERS_MS = 300;
/** Rows that are read one by one when the document is opened, and that one session may add, before they become one. */
const TIDY_AT = 100;
const TIDY_LATER = 1_000;
const TIDY_LATER_BYTES = 4_000_000;

type Append = { readonly update: Uint8Array; readonly isSaved: boolean };
/** What is appended is put together with its neighbours; the rest is done one by one. */
type Step = Append | ((lineage: string) => Promise<unknown>);

export class Copy {
  /** The lineage of what was kept; null if nothing was. */
  readonly lineage: string | null;
  /** Something of what was kept may not be on the server. */
  readonly hasUnsaved: boolean;
  readonly #shelf: Shelf;
  readonly #name: DocumentName;
  readonly #doc: Y.Doc;
  #steps: Step[] = [];
  #working = false;
  #timer = 0;
  #isOwnDue = false;
  #current: string | null;
  /** Ids of rows that are not saved, as far as this tab has made or loaded them: the server's word goes for no others. */
  #unsaved: number[];
  #isOwing: boolean;
  #atStake = 0;
  #isNamed = false;
  /** Added since the rows were put together. */
  #rows = 0;
  #bytes = 0;
  #hasFailed = false;
  readonly #waiting: (() => void)[] = [];

  /** Loads what is kept into the document, as from `origin`. Rejects if nothing can be kept. */
  static async open(shelf: Shelf, name: DocumentName, doc: Y.Doc, origin: unknown): Promise<Copy> {
    let found = await read(shelf, name);
    const { lineage } = found;
    if (lineage !== null && found.rows.length > TIDY_AT) {
      await shelf.change(name, "all", (kept) => tidyAll(kept, lineage, Date.now()));
      found = await read(shelf, name);
    }
    return new Copy(shelf, name, doc, found, origin);
  }

  private constructor(shelf: Shelf, name: DocumentName, doc: Y.Doc, { lineage, rows }: Kept, origin: unknown) {
    const own = rows.filter((row) => row.lineage === lineage);
    this.#shelf = shelf;
    this.#name = name;
    this.#doc = doc;
    this.lineage = own.length > 0 ? lineage : null;
    this.#current = this.lineage;
    this.#unsaved = own.filter(({ isSaved }) => !isSaved).map(({ id }) => id);
    this.hasUnsaved = this.#unsaved.length > 0;
    this.#isOwing = this.hasUnsaved;
    // What comes later builds on what was typed before the copy was there.
    if (doc.store.clients.size > 0) this.#append(Y.encodeStateAsUpdate(doc), false);
    doc.transact(() => {
      for (const { update } of own) Y.applyUpdate(doc, update);
    }, origin);
    doc.on("update", this.#onUpdate);
  }

  /** All that was typed here would survive the page. */
  get isComplete(): boolean {
    return this.#shelf.isLasting && !this.#hasFailed && this.#atStake === 0;
  }

  /** The server has named the lineage. What is kept from here on is of that. */
  greeted(lineage: string): void {
    if (this.#isNamed && this.#current === lineage) return;
    this.#isNamed = true;
    this.#current = lineage;
    this.#do(() => this.#change([], () => ({ lineage })));
  }

  /** The server has all that the document holds now. */
  acknowledge(): void {
    if (!this.#isOwing) return;
    this.#isOwing = false;
    this.#do(() => this.#change(this.#unsaved.splice(0), ({ rows }) => acknowledge(rows, Date.now())));
  }

  /** The server has another lineage: this one is loaded no more. Resolves with whether all that was typed is on the shelf. */
  async end(): Promise<boolean> {
    this.#do((lineage) => this.#change([], (kept) => (kept.lineage === lineage ? { lineage: null } : {})));
    await this.#settled();
    return !this.#hasFailed;
  }

  /** The document is not there any more. What was not saved is kept: it may come back, or be found where it is. */
  dropIfSaved(): void {
    this.#do(() => this.#change("all", dropped));
  }

  /**
   * Once the document is as the server has it: takes what was typed on other lineages over to this one. Resolves with the
   * text of what can't be taken over; null if there is nothing.
   */
  async rescue(mayWrite: boolean): Promise<string | null> {
    let left: string | null = null;
    this.#do(async (lineage) => {
      left = mayWrite ? await this.#takeOver(lineage) : unmerged(await read(this.#shelf, this.#name), lineage);
    });
    await this.#settled();
    return left;
  }

  /** The person wants nothing of what can't be taken over. */
  discardLeft(): void {
    this.#do((lineage) => this.#change("all", (kept) => ({ remove: unsavedElsewhere(kept, lineage) })));
  }

  /** What has happened so far is still put on the shelf. */
  close(): void {
    this.#doc.off("update", this.#onUpdate);
    void this.#work();
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown, _doc: Y.Doc, { local }: Y.Transaction): void => {
    if (origin !== this) this.#append(update, !local);
  };

  #append(update: Uint8Array, isSaved: boolean): void {
    if (!isSaved) {
      this.#isOwing = true;
      this.#atStake++;
    }
    this.#do({ update, isSaved });
  }

  #do(step: Step): void {
    if (this.#hasFailed) return;
    this.#steps.push(step);
    if (!isAppend(step)) return void this.#work();
    const isSooner = !step.isSaved && !this.#isOwnDue;
    if (this.#timer !== 0 && !isSooner) return;
    clearTimeout(this.#timer);
    this.#isOwnDue = !step.isSaved;
    this.#timer = window.setTimeout(() => void this.#work(), step.isSaved ? OTHERS_MS : OWN_MS);
  }

  async #work(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#isOwnDue = false;
    if (this.#working) return;
    this.#working = true;
    try {
      // Of what lineage it is has to be known first.
      while (this.#steps.length > 0 && this.#current !== null) await this.#next(this.#current);
    } catch {
      // Half of it would be worse than nothing: from here on, the page alone has what is typed.
      this.#hasFailed = true;
      this.#steps = [];
    } finally {
      this.#working = false;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  async #next(lineage: string): Promise<void> {
    const count = this.#steps.findIndex((step) => !isAppend(step));
    const appended = this.#steps.slice(0, count < 0 ? undefined : count).filter(isAppend);
    if (appended.length === 0) {
      const step = this.#steps.shift();
      if (step && !isAppend(step)) await step(lineage);
      return;
    }
    this.#steps.splice(0, appended.length);
    const add = rowsOf(lineage, appended, Date.now());
    const ids = await this.#change([], () => ({ add }));
    this.#unsaved.push(...ids.filter((_, at) => add[at]?.isSaved === false));
    this.#atStake -= appended.filter(({ isSaved }) => !isSaved).length;
    this.#rows += add.length;
    this.#bytes += add.reduce((sum, { update }) => sum + update.length, 0);
    if (this.#rows < TIDY_LATER && this.#bytes < TIDY_LATER_BYTES) return;
    this.#rows = 0;
    this.#bytes = 0;
    this.#steps.push(() => this.#change("all", (kept) => tidy(kept, lineage, Date.now())));
  }

  async #takeOver(lineage: string): Promise<string | null> {
    let rescued: Rescue = { change: {}, update: null, left: null };
    const ids = await this.#change("all", (kept) => {
      rescued = rescue(kept, lineage, Y.encodeStateAsUpdate(this.#doc), Date.now());
      return rescued.change;
    });
    const { update, left } = rescued;
    // It is on the shelf as typed before anybody sees it: whatever happens now, it arrives once.
    if (update !== null) {
      this.#unsaved.push(...ids.slice(-1));
      this.#isOwing = true;
      Y.applyUpdate(this.#doc, update, this);
    }
    return left;
  }

  #change(which: readonly number[] | "all", act: Act): Promise<number[]> {
    return this.#shelf.change(this.#name, which, act);
  }

  async #settled(): Promise<void> {
    while (this.#working || (this.#steps.length > 0 && this.#current !== null))
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const isAppend = (step: Step): step is Append => typeof step !== "function";

function dropped({ rows }: Kept): Change {
  return rows.every(({ isSaved }) => isSaved) ? { lineage: null, remove: rows.map(({ id }) => id) } : {};
}

async function read(shelf: Shelf, name: DocumentName): Promise<Kept> {
  let found: Kept = { lineage: null, rows: [] };
  await shelf.change(name, "all", (kept) => {
    found = kept;
    return {};
  });
  return found;
}
