/** What the journal knows of runtimes: one for each project and for each of its sandboxes, its epoch and its state. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { RuntimeState } from "../../shared/daemon/contract.ts";
import type { Journal } from "../journal/journal.ts";

const Row = z.object({
  id: z.uuid(),
  project_id: z.uuid(),
  epoch: z.number(),
  state: RuntimeState.shape.state,
  reason: z.string().nullable(),
  log_offset: z.number(),
  since_ms: z.number(),
  host_id: z.string(),
  tier: z.string(),
  is_sandbox: z.number(),
});

export interface RuntimeRecord extends RuntimeState {
  readonly projectId: string;
  /** Bytes of the container's log that the journal has taken over. */
  readonly logOffset: number;
  /** When it came into its state. */
  readonly sinceMs: number;
  /** The host that its container, or its archive, is on. */
  readonly hostId: string;
  /** A fork of the project's own runtime. */
  readonly isSandbox: boolean;
}

export class RuntimeRecords {
  readonly #journal: Journal;
  readonly #changed: (record: RuntimeRecord) => void;

  /** @param changed called after each change of a state */
  constructor(journal: Journal, changed: (record: RuntimeRecord) => void) {
    this.#journal = journal;
    this.#changed = changed;
  }

  /** The project's runtime; recorded as stopped if there was none yet. */
  ofProject(projectId: string): RuntimeRecord {
    this.#journal.run(
      "insert or ignore into runtimes (id, project_id, epoch, state, log_offset, since_ms) values (?, ?, 1, 'stopped', 0, ?)",
      randomUUID(),
      projectId,
      Date.now(),
    );
    return recordOf(this.#journal.row("select * from runtimes where project_id = ? and not is_sandbox", projectId));
  }

  /** Records a sandbox that does not run yet; one that is known already stays. */
  addSandbox(id: string, projectId: string, hostId: string, tier: string): void {
    this.#journal.run(
      `insert or ignore into runtimes (id, project_id, epoch, state, log_offset, host_id, tier, is_sandbox)
         values (?, ?, 1, 'starting', 0, ?, ?, 1)`,
      id,
      projectId,
      hostId,
      tier,
    );
  }

  /** Forgets a sandbox. */
  forget(sandboxId: string): void {
    this.#journal.run("delete from runtimes where id = ? and is_sandbox", sandboxId);
  }

  find(runtimeId: string): RuntimeRecord | null {
    const row = this.#journal.row("select * from runtimes where id = ?", runtimeId);
    return row ? recordOf(row) : null;
  }

  all(): RuntimeRecord[] {
    return this.#journal.rows("select * from runtimes").map(recordOf);
  }

  setState(runtimeId: string, state: RuntimeState["state"], reason: string | null = null): void {
    const sql = "update runtimes set state = ?, reason = ?, since_ms = ? where id = ?";
    this.#journal.run(sql, state, reason, Date.now(), runtimeId);
    const record = this.find(runtimeId);
    if (record) this.#changed(record);
  }

  /** Begins a new epoch: whoever acts for an older one is refused from now on. */
  raiseEpoch(runtimeId: string): number {
    this.#journal.run("update runtimes set epoch = epoch + 1 where id = ?", runtimeId);
    return this.find(runtimeId)?.epoch ?? 0;
  }

  /** The host and the tier that the runtime has from now on. */
  place(runtimeId: string, hostId: string, tier: string): void {
    this.#journal.run("update runtimes set host_id = ?, tier = ? where id = ?", hostId, tier, runtimeId);
  }

  setLogOffset(runtimeId: string, offset: number): void {
    this.#journal.run("update runtimes set log_offset = ? where id = ?", offset, runtimeId);
  }
}

/** What others may know of it. */
export const stateOf = ({ id, epoch, state, tier, reason }: RuntimeRecord): RuntimeState => ({
  id,
  epoch,
  state,
  tier,
  reason,
});

function recordOf(found: unknown): RuntimeRecord {
  const row = Row.parse(found);
  return {
    id: row.id,
    projectId: row.project_id,
    epoch: row.epoch,
    state: row.state,
    reason: row.reason,
    logOffset: row.log_offset,
    sinceMs: row.since_ms,
    hostId: row.host_id,
    tier: row.tier,
    isSandbox: row.is_sandbox === 1,
  };
}
