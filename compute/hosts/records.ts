/** What the journal knows of hosts other than the base server: each was launched for one runtime, and ends with its work. */
import * as z from "zod";
import type { Journal } from "../journal/journal.ts";

/** The base server's own name among hosts. */
export const BASE = "base";

const Row = z.object({
  id: z.uuid(),
  runtime_id: z.uuid(),
  tier: z.string(),
  state: z.enum(["launching", "ready", "leaving", "gone"]),
  instance_id: z.string().nullable(),
  fingerprint: z.string().nullable(),
  created_ms: z.number(),
  ready_ms: z.number().nullable(),
  gone_ms: z.number().nullable(),
  held: z.number(),
});

export interface HostRecord {
  readonly id: string;
  readonly runtimeId: string;
  readonly tier: string;
  readonly state: z.infer<typeof Row>["state"];
  readonly instanceId: string | null;
  readonly createdMs: number;
  readonly readyMs: number | null;
  readonly goneMs: number | null;
  /** Kept ready for a runtime that is still elsewhere. */
  readonly held: boolean;
}

export class HostRecords {
  readonly #journal: Journal;
  readonly #billed: (record: HostRecord) => void;

  /** @param billed called when an instance has been launched, and when it has ended */
  constructor(journal: Journal, billed: (record: HostRecord) => void) {
    this.#journal = journal;
    this.#billed = billed;
  }

  add(id: string, runtimeId: string, tier: string): void {
    this.#journal.run(
      "insert or ignore into hosts (id, runtime_id, tier, state, created_ms) values (?, ?, ?, 'launching', ?)",
      id,
      runtimeId,
      tier,
      Date.now(),
    );
  }

  find(id: string): HostRecord | null {
    const row = this.#journal.row("select * from hosts where id = ?", id);
    return row ? recordOf(row) : null;
  }

  /** Those that may run, oldest first. */
  alive(): HostRecord[] {
    return this.#journal.rows("select * from hosts where state <> 'gone' order by created_ms").map(recordOf);
  }

  launched(id: string, instanceId: string): void {
    const sql = "update hosts set instance_id = ? where id = ? and instance_id is null";
    if (this.#journal.run(sql, instanceId, id) === 1) this.#bill(id);
  }

  ready(id: string): void {
    this.#journal.run(
      "update hosts set state = 'ready', ready_ms = ? where id = ? and state = 'launching'",
      Date.now(),
      id,
    );
  }

  hold(id: string, held: boolean): void {
    this.#journal.run("update hosts set held = ? where id = ?", held ? 1 : 0, id);
  }

  /** From here on its certificate opens no door. */
  leaving(id: string): void {
    this.#journal.run("update hosts set state = 'leaving' where id = ? and state <> 'gone'", id);
  }

  gone(id: string): void {
    const sql = "update hosts set state = 'gone', gone_ms = ? where id = ? and state <> 'gone'";
    if (this.#journal.run(sql, Date.now(), id) === 1) this.#bill(id);
  }

  /**
   * Keeps the fingerprint of the host's key. False if the host is not awaited, or has joined with another key before: a token
   * is good once. A host that did not live to hear the answer asks again with the same key.
   */
  joined(id: string, fingerprint: string): boolean {
    const sql =
      "update hosts set fingerprint = ?1 where id = ?2 and state = 'launching' and coalesce(fingerprint, ?1) = ?1";
    return this.#journal.run(sql, fingerprint, id) === 1;
  }

  ofFingerprint(fingerprint: string): HostRecord | null {
    const sql = "select * from hosts where fingerprint = ? and state in ('launching', 'ready')";
    const row = this.#journal.row(sql, fingerprint);
    return row ? recordOf(row) : null;
  }

  #bill(id: string): void {
    const record = this.find(id);
    if (record?.instanceId) this.#billed(record);
  }

  sweep(beforeMs: number): void {
    this.#journal.run("delete from hosts where state = 'gone' and gone_ms < ?", beforeMs);
  }
}

function recordOf(found: unknown): HostRecord {
  const row = Row.parse(found);
  return {
    id: row.id,
    runtimeId: row.runtime_id,
    tier: row.tier,
    state: row.state,
    instanceId: row.instance_id,
    createdMs: row.created_ms,
    readyMs: row.ready_ms,
    goneMs: row.gone_ms,
    held: row.held === 1,
  };
}
