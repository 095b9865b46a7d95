/** Where rows are kept: in the browser's database (database.ts), or where there is none, as long as the page lives. */
import type { Change, Kept, KeptRow } from "./rows.ts";

export interface DocumentName {
  /** Id of the person whose copy it is. */
  readonly user: string;
  readonly project: string;
  readonly path: string;
}

/** Does one step. Called once, with what is there at that moment. */
export type Act = (kept: Kept) => Change;

export interface Shelf {
  /** What is on it outlives the page. */
  readonly isLasting: boolean;
  /**
   * Reads rows of a document and changes them in one step: wholly or not at all, before or after any other tab's, not between.
   * Resolves with the ids of the rows that were added. Rejects if nothing can be kept (any more).
   * @param which ids of the rows that `act` is to see
   */
  change(document: DocumentName, which: readonly number[] | "all", act: Act): Promise<number[]>;
}

export class MemoryShelf implements Shelf {
  readonly isLasting = false;
  readonly #documents = new Map<string, { lineage: string | null; rows: KeptRow[] }>();
  #nextId = 1;

  async change(document: DocumentName, which: readonly number[] | "all", act: Act): Promise<number[]> {
    const key = JSON.stringify([document.user, document.project, document.path]);
    const { lineage, rows } = this.#documents.get(key) ?? { lineage: null, rows: [] };
    const seen = which === "all" ? rows : rows.filter(({ id }) => which.includes(id));
    const { add = [], remove = [], ...named } = act({ lineage, rows: seen });
    const added = add.map((row) => ({ ...row, id: this.#nextId++ }));
    this.#documents.set(key, {
      lineage: named.lineage === undefined ? lineage : named.lineage,
      rows: [...rows.filter(({ id }) => !remove.includes(id)), ...added],
    });
    return added.map(({ id }) => id);
  }
}
