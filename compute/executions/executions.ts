/**
 * Executions and their events, as the journal holds them. An execution belongs to one epoch of one runtime; when that
 * epoch ends without it, it is closed with an error event, so no client ever waits for ever.
 */
import { EventEmitter } from "node:events";
import * as z from "zod";
import { EVENT_DATA, EXECUTION_STATUSES, type Execution, ExecutionEvent } from "../../shared/mrp/mrp.ts";
import type { SupervisorRequest } from "../../shared/runtime/wire.ts";
import type { Journal } from "../journal/journal.ts";

const Row = z.object({
  id: z.string(),
  runtime_id: z.string(),
  epoch: z.number(),
  session: z.string(),
  request: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  current_seq: z.number(),
  input_request: z.string().nullable(),
});

const Times = z.object({ first: z.number().nullable(), last: z.number().nullable() });
export type ExecuteLine = Extract<SupervisorRequest, { op: "execute" }>;

const OPEN = "('queued', 'working', 'input_required')";

export class Executions {
  readonly #journal: Journal;
  readonly #bell = new EventEmitter().setMaxListeners(0);

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Records an execution before its line is sent. False if the id is known: then it runs, or ran, already. */
  add(runtimeId: string, epoch: number, line: ExecuteLine): boolean {
    const added = this.#journal.run(
      `insert or ignore into executions (id, runtime_id, epoch, session, request, acknowledged, status, current_seq, created_ms)
       values (?, ?, ?, ?, ?, 0, 'queued', 0, ?)`,
      line.exec,
      runtimeId,
      epoch,
      line.session,
      JSON.stringify(line),
      Date.now(),
    );
    return added === 1;
  }

  get(id: string): (Execution & { runtimeId: string }) | null {
    const found = this.#journal.row("select * from executions where id = ?", id);
    if (!found) return null;
    const row = Row.parse(found);
    return {
      executionId: row.id,
      runtimeId: row.runtime_id,
      session: row.session,
      status: row.status,
      currentSeq: row.current_seq,
      inputRequest: row.input_request === null ? null : EVENT_DATA.stdin_request.parse(JSON.parse(row.input_request)),
    };
  }

  /** When the session's first and last remembered executions began, in milliseconds since the epoch. */
  timesOf(runtimeId: string, session: string): { firstMs: number | null; lastMs: number | null } {
    const row = this.#journal.row(
      "select min(created_ms) as first, max(created_ms) as last from executions where runtime_id = ? and session = ?",
      runtimeId,
      session,
    );
    const { first, last } = Times.parse(row);
    return { firstMs: first, lastMs: last };
  }

  /** What ran in a session, oldest first; `before` and `pattern` choose, and the newest `limit` of those are given. */
  history(
    runtimeId: string,
    session: string,
    { limit, before, pattern }: { limit: number; before?: number | undefined; pattern?: string | undefined },
  ): { entries: { historyIndex: number; executionId: string; code: string }[]; hasMore: boolean } {
    const rows = this.#journal.rows(
      `with ran as (
         select id, request ->> 'code' as code, row_number() over (order by created_ms, id) as number from executions
         where runtime_id = ?1 and session = ?2 and request ->> 'storeHistory')
       select * from ran where number < ?3 and (?4 = '' or instr(code, ?4) > 0) order by number desc limit ?5`,
      runtimeId,
      session,
      before ?? Number.MAX_SAFE_INTEGER,
      pattern ?? "",
      limit + 1,
    );
    const entries = rows.slice(0, limit).map((row) => ({
      historyIndex: Number(row.number),
      executionId: String(row.id),
      code: String(row.code),
    }));
    return { entries: entries.reverse(), hasMore: rows.length > limit };
  }

  hasOpen(runtimeId: string): boolean {
    return (
      this.#journal.row(`select 1 from executions where runtime_id = ? and status in ${OPEN} limit 1`, runtimeId) !==
      null
    );
  }

  /** Lines that the supervisor of this epoch has not acknowledged, oldest first. */
  unacknowledged(runtimeId: string, epoch: number): string[] {
    return this.#journal
      .rows(
        `select request from executions where runtime_id = ? and epoch = ? and acknowledged = 0 and status in ${OPEN} order by created_ms, id`,
        runtimeId,
        epoch,
      )
      .map((row) => String(row.request));
  }

  acknowledge(id: string): void {
    this.#journal.run("update executions set acknowledged = 1 where id = ?", id);
  }

  /** Takes an event over; one that is known already is ignored. Call inside the transaction that moves the log offset. */
  append(id: string, event: ExecutionEvent): void {
    const added = this.#journal.run(
      "insert or ignore into events (execution_id, seq, event, data) values (?, ?, ?, ?)",
      id,
      event.seq,
      event.event,
      JSON.stringify(event.data),
    );
    if (added === 0) return;
    const status = statusAfter(event);
    this.#journal.run(
      `update executions set current_seq = max(current_seq, ?), acknowledged = 1,
         status = case when status in ${OPEN} then coalesce(?, status) else status end, input_request = ?
       where id = ?`,
      event.seq,
      status,
      event.event === "stdin_request" ? JSON.stringify(event.data) : null,
      id,
    );
  }

  /** Wakes those who follow the execution. Call after the transaction is committed. */
  ring(id: string): void {
    this.#bell.emit(id);
  }

  /** Ends what is open in epochs up to `epoch` of the runtime: its kernel is gone and `reason` says why. */
  closeLost(runtimeId: string, epoch: number, reason: string): void {
    const lost = this.#journal.rows(
      `select * from executions where runtime_id = ? and epoch <= ? and status in ${OPEN}`,
      runtimeId,
      epoch,
    );
    for (const found of lost) {
      const row = Row.parse(found);
      const seq = row.current_seq + 1;
      this.#journal.transaction(() => {
        this.append(row.id, {
          seq,
          event: "error",
          data: {
            type: "RuntimeLost",
            message: reason,
            traceback: [`RuntimeLost: ${reason}`],
            line: null,
            column: null,
          },
        });
        this.append(row.id, {
          seq: seq + 1,
          event: "done",
          data: { success: false, status: "failed", executionCount: null, duration: 0, imports: [] },
        });
      });
      this.ring(row.id);
    }
  }

  /** Forgets executions, with their events, that ended and were begun before `beforeMs`. Their outputs stand in documents. */
  sweep(beforeMs: number): void {
    const old = `select id from executions where created_ms < ? and status not in ${OPEN}`;
    this.#journal.transaction(() => {
      this.#journal.run(`delete from events where execution_id in (${old})`, beforeMs);
      this.#journal.run(`delete from executions where created_ms < ? and status not in ${OPEN}`, beforeMs);
    });
  }

  /** Moves open executions to the epoch that a woken runtime lives in. */
  carryOver(runtimeId: string, epoch: number): void {
    this.#journal.run(`update executions set epoch = ? where runtime_id = ? and status in ${OPEN}`, epoch, runtimeId);
  }

  /**
   * Replays the events after `after` and follows until the one called `done`, or until `signal` aborts.
   * Events come in order, each once.
   */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
    let seq = after;
    let rung = false;
    let wake = () => {};
    const ring = () => {
      rung = true;
      wake();
    };
    this.#bell.on(id, ring);
    signal.addEventListener("abort", ring);
    try {
      while (!signal.aborted) {
        rung = false;
        const batch = this.#eventsAfter(id, seq);
        for (const event of batch) {
          seq = event.seq;
          yield event;
        }
        if (batch.length > 0) continue;
        if (!this.#isOpen(id)) return;
        if (!rung)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#bell.off(id, ring);
      signal.removeEventListener("abort", ring);
    }
  }

  #eventsAfter(id: string, seq: number): ExecutionEvent[] {
    return this.#journal
      .rows("select seq, event, data from events where execution_id = ? and seq > ? order by seq limit 500", id, seq)
      .map((row) => ExecutionEvent.parse({ seq: row.seq, event: row.event, data: JSON.parse(String(row.data)) }));
  }

  #isOpen(id: string): boolean {
    return this.#journal.row(`select 1 from executions where id = ? and status in ${OPEN}`, id) !== null;
  }
}

function statusAfter(event: ExecutionEvent): Execution["status"] | null {
  switch (event.event) {
    case "stdin_request":
      return "input_required";
    case "done":
      return event.data.status;
    case "start":
    case "stdout":
    case "stderr":
    case "display":
    case "clear":
    case "asset":
    case "result":
    case "error":
      return "working";
  }
}
