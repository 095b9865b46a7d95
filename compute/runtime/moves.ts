/** What the journal knows of moves: how far each has come, and how long each phase took. */
import * as z from "zod";
import type { MoveState } from "../../shared/daemon/contract.ts";
import type { Journal } from "../journal/journal.ts";

const Row = z.object({
  id: z.uuid(),
  runtime_id: z.uuid(),
  from_tier: z.string(),
  to_tier: z.string(),
  state: z.enum(["running", "done", "failed"]),
  phase: z.string(),
  phases: z.string(),
  error: z.string().nullable(),
  created_ms: z.number(),
  ended_ms: z.number().nullable(),
});
const Phases = z.record(z.string(), z.number());

export class Moves {
  readonly #journal: Journal;
  readonly #changed: (runtimeId: string, move: MoveState) => void;
  /** When the phase that a move is in began; after a restart of the daemon, when that was. */
  readonly #since = new Map<string, number>();

  /** @param changed called after each change */
  constructor(journal: Journal, changed: (runtimeId: string, move: MoveState) => void) {
    this.#journal = journal;
    this.#changed = changed;
  }

  /** Known from here on; one that is known already stays. */
  begin(id: string, runtimeId: string, from: string, to: string): MoveState {
    this.#journal.run(
      "insert or ignore into moves (id, runtime_id, from_tier, to_tier, state, phase, phases, created_ms) values (?, ?, ?, ?, 'running', '', '{}', ?)",
      id,
      runtimeId,
      from,
      to,
      Date.now(),
    );
    return stateOf(Row.parse(this.#row(id)));
  }

  /** Enters a phase: the one before has ended. */
  phase(id: string, phase: string): void {
    this.#close(id);
    this.#since.set(id, performance.now());
    this.#journal.run("update moves set phase = ? where id = ?", phase, id);
    this.#say(id);
  }

  end(id: string, error: string | null): void {
    this.#close(id);
    this.#since.delete(id);
    const state = error === null ? "done" : "failed";
    this.#journal.run(
      "update moves set state = ?, error = ?, ended_ms = ? where id = ? and state = 'running'",
      state,
      error,
      Date.now(),
      id,
    );
    this.#say(id);
  }

  /** Null if there is none, or if it is another runtime's. */
  get(id: string, runtimeId: string): MoveState | null {
    const row = this.#row(id);
    return row?.runtime_id === runtimeId ? stateOf(row) : null;
  }

  /** The newest move of a runtime that is under way, or null. */
  ofRuntime(runtimeId: string): MoveState | null {
    const sql = "select * from moves where runtime_id = ? and state = 'running' order by created_ms desc limit 1";
    const found = this.#journal.row(sql, runtimeId);
    return found ? stateOf(Row.parse(found)) : null;
  }

  sweep(beforeMs: number): void {
    this.#journal.run("delete from moves where created_ms < ? and state <> 'running'", beforeMs);
  }

  #close(id: string): void {
    const row = this.#row(id);
    const since = this.#since.get(id);
    if (!row || row.phase === "" || since === undefined) return;
    const phases = Phases.parse(JSON.parse(row.phases));
    phases[row.phase] = (phases[row.phase] ?? 0) + Math.round(performance.now() - since);
    this.#journal.run("update moves set phases = ? where id = ?", JSON.stringify(phases), id);
  }

  #say(id: string): void {
    const row = this.#row(id);
    if (row) this.#changed(row.runtime_id, stateOf(row));
  }

  #row(id: string): z.infer<typeof Row> | null {
    const found = this.#journal.row("select * from moves where id = ?", id);
    return found ? Row.parse(found) : null;
  }
}

const stateOf = (row: z.infer<typeof Row>): MoveState => ({
  id: row.id,
  from: row.from_tier,
  to: row.to_tier,
  state: row.state,
  phase: row.phase,
  phases: Phases.parse(JSON.parse(row.phases)),
  error: row.error,
});
