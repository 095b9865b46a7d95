/**
 * Watches a document and keeps versions of it. Changes that follow one another are one version: it is closed when nobody has
 * changed anything for a while, when it has gone on for long, or when somebody else begins after its authors have stopped.
 */
import type * as Y from "yjs";
import type { Author, VersionList } from "../../../../shared/editor/history.ts";
import { byOf, isSame } from "./by.ts";
import { type Begun, Versions } from "./versions.ts";

const PAUSE_MS = 5 * 60_000;
const LONGEST_MS = 15 * 60_000;
/** Who types while another one does is an author of the same version. */
const TOGETHER_MS = 60_000;

export class History {
  readonly #text: Y.Text;
  readonly #versions: Versions;
  /** Changes since the last version. */
  #begun: Begun | null;
  #beganMs = 0;
  #lastMs = 0;
  /** Null if an earlier server saw the changes. */
  #lastAt: Date | null = null;
  #pause: NodeJS.Timeout | null = null;
  /** The disk is written to in order. */
  #turn: Promise<void> = Promise.resolve();
  #noted: Promise<void> = Promise.resolve();

  private constructor(text: Y.Text, versions: Versions) {
    this.#text = text;
    this.#versions = versions;
    this.#begun = versions.begun;
    text.doc?.on("beforeTransaction", this.#onBegin);
    text.observe(this.#onChange);
  }

  /**
   * @param state the document's state folder
   * @param text as the journal has it: what an earlier server saw being changed becomes a version
   * @param wasOpen whether it may have changed since the last version: then there is a text to compare
   */
  static async open(state: string, text: Y.Text, wasOpen: boolean): Promise<History> {
    const history = new History(text, await Versions.open(state));
    // Should nobody have written down who changed it, it is not taken for the next one's doing.
    if (wasOpen && history.#versions.all.length > 0)
      history.#begun ??= { began: new Date().toISOString(), authors: [] };
    await history.keep().catch(complain);
    return history;
  }

  get list(): VersionList {
    const versions = this.#versions.all.map(({ id, began, ended, authors }) => ({ id, began, ended, authors }));
    return { versions, current: this.#begun };
  }

  /** Resolves when it is on disk who has made the changes so far, or can't be. */
  get noted(): Promise<void> {
    return this.#noted;
  }

  /** Throws Fault("not_found"). */
  textOf(version: number): Promise<string> {
    return this.#versions.textOf(version);
  }

  /** Makes a version of what has changed since the last one, if anything has. Resolves when it is on disk. */
  keep(): Promise<void> {
    return this.#begun ? this.#close(this.#begun) : this.#turn;
  }

  /** Resolves with whether the last version is kept. */
  async close(): Promise<boolean> {
    this.#text.doc?.off("beforeTransaction", this.#onBegin);
    this.#text.unobserve(this.#onChange);
    if (this.#pause) clearTimeout(this.#pause);
    return this.keep().then(
      () => true,
      (error: unknown) => {
        complain(error);
        return false;
      },
    );
  }

  /** The text is still what it was before. */
  readonly #onBegin = (transaction: Y.Transaction): void => {
    if (this.#begun && this.#isOver(byOf(transaction.origin))) this.#close(this.#begun).catch(complain);
    const isFirst = !this.#begun && this.#versions.all.length === 0;
    if (isFirst) this.#close({ began: new Date().toISOString(), authors: [] }).catch(complain);
  };

  #isOver(by: Author): boolean {
    const now = performance.now();
    const [still, lasted] = [now - this.#lastMs, now - this.#beganMs];
    const isAnother = !this.#begun?.authors.some((author) => isSame(author, by));
    return still > (isAnother ? TOGETHER_MS : PAUSE_MS) || lasted > LONGEST_MS;
  }

  readonly #onChange = (_event: Y.YTextEvent, transaction: Y.Transaction): void => {
    const by = byOf(transaction.origin);
    this.#lastMs = performance.now();
    this.#lastAt = new Date();
    if (!this.#begun) this.#beganMs = this.#lastMs;
    this.#pause ??= setTimeout(this.#look, PAUSE_MS).unref();
    const { began, authors } = this.#begun ?? { began: new Date().toISOString(), authors: [] };
    if (authors.some((author) => isSame(author, by))) return;
    const begun = { began, authors: [...authors, by] };
    this.#begun = begun;
    this.#noted = this.#inTurn(() => this.#versions.begin(begun)).catch(complain);
  };

  readonly #look = (): void => {
    this.#pause = null;
    if (!this.#begun) return;
    const leftMs = PAUSE_MS - (performance.now() - this.#lastMs);
    if (leftMs > 0) this.#pause = setTimeout(this.#look, leftMs).unref();
    else this.#close(this.#begun).catch(complain);
  };

  #close(begun: Begun): Promise<void> {
    const text = this.#text.toString();
    const ended = (this.#lastAt ?? new Date()).toISOString();
    this.#begun = null;
    return this.#inTurn(() => this.#versions.add(text, begun, ended)).catch((error: unknown) => {
      // Whose changes they are is not forgotten: they come with the next version.
      this.#begun ??= begun;
      throw error;
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** The document does not depend on it: its text is in the journal, and comes with the next version. */
function complain(error: unknown): void {
  console.error("a version can't be kept:", error);
}
