/** What the monitor saw and did, for the author and the operator to read. */
import * as z from "zod";
import { Signal } from "../../shared/daemon/contract.ts";
import type { Journal } from "../journal/journal.ts";

const SHOWN = 50;

export class Signals {
  readonly #journal: Journal;
  readonly #raised: (runtimeId: string, signal: Signal) => void;

  /** @param raised called with each new one */
  constructor(journal: Journal, raised: (runtimeId: string, signal: Signal) => void) {
    this.#journal = journal;
    this.#raised = raised;
  }

  raise(runtimeId: string, name: Signal["name"], detail: string): void {
    const at = Date.now();
    this.#journal.run(
      "insert into signals (runtime_id, at_ms, name, detail) values (?, ?, ?, ?)",
      runtimeId,
      at,
      name,
      detail,
    );
    this.#raised(runtimeId, { name, at: new Date(at).toISOString(), detail });
  }

  /** The newest, newest first. */
  of(runtimeId: string): Signal[] {
    const rows = this.#journal.rows(
      "select * from signals where runtime_id = ? order by at_ms desc, rowid desc limit ?",
      runtimeId,
      SHOWN,
    );
    return rows.map((row) => {
      const { at_ms, name, detail } = z.object({ at_ms: z.number(), name: z.string(), detail: z.string() }).parse(row);
      return Signal.parse({ name, at: new Date(at_ms).toISOString(), detail });
    });
  }

  sweep(beforeMs: number): void {
    this.#journal.run("delete from signals where at_ms < ?", beforeMs);
  }
}
