/**
 * Operations as durable state machines (design.md §4.3). A kind of operation is a list of steps; the journal says
 * which step comes next before it acts, so after a crash the step acts again. Steps are therefore idempotent.
 *
 *   running ──act, act, …──► done
 *      └── a step fails ──► undoing ──undo in reverse──► failed
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Journal } from "./journal.ts";

export interface Step<Input, Data> {
  readonly name: string;
  /** Does the step, or finds that it has been done. What it returns is merged into the operation's data. */
  act(input: Input, data: Partial<Data>): Promise<Partial<Data> | undefined>;
  /** Takes back what `act` did, wholly or in part. Never throws for something that is already gone. */
  undo?(input: Input, data: Partial<Data>, error: Error): Promise<void>;
}

export interface OperationKind<Input, Data> {
  readonly kind: string;
  readonly input: z.ZodType<Input>;
  readonly data: z.ZodType<Partial<Data>>;
  /** What the operation acts on; operations on one subject never overlap. */
  subject(input: Input): string;
  readonly steps: readonly Step<Input, Data>[];
}

const Row = z.object({
  id: z.string(),
  kind: z.string(),
  subject: z.string(),
  input: z.string(),
  step: z.number(),
  data: z.string(),
  state: z.enum(["running", "undoing", "done", "failed"]),
  error: z.string().nullable(),
});
type Row = z.infer<typeof Row>;

export class Operations {
  readonly #journal: Journal;
  readonly #kinds = new Map<string, (row: Row) => Promise<void>>();
  /** The end of the newest operation on each subject: the next one waits for it. */
  readonly #tails = new Map<string, Promise<void>>();
  #stopping = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Makes a kind known and returns the function that starts it; it resolves when the operation is done, or throws why it failed. */
  define<Input, Data>(kind: OperationKind<Input, Data>): (input: Input) => Promise<void> {
    this.#kinds.set(kind.kind, (row) => this.#drive(kind, row));
    return (input) => {
      if (this.#stopping)
        return Promise.reject(new Fault("unavailable", "the base server is stopping; try again in a moment"));
      const row: Row = {
        id: randomUUID(),
        kind: kind.kind,
        subject: kind.subject(input),
        input: JSON.stringify(input),
        step: 0,
        data: "{}",
        state: "running",
        error: null,
      };
      this.#journal.run(
        "insert into operations (id, kind, subject, input, step, data, state, created_ms) values (?, ?, ?, ?, 0, '{}', 'running', ?)",
        row.id,
        row.kind,
        row.subject,
        row.input,
        Date.now(),
      );
      return this.#enqueue(row);
    };
  }

  isBusy(subject: string): boolean {
    return this.#tails.has(subject);
  }

  /** Resolves when what is under way on a subject, or waits its turn, has ended. */
  async settled(subject: string): Promise<void> {
    for (let tail = this.#tails.get(subject); tail; tail = this.#tails.get(subject)) await tail;
  }

  /** Takes up what an earlier process left unfinished. Resolves when all of it has ended, one way or the other. */
  async resume(): Promise<void> {
    const open = this.#journal.rows(
      "select * from operations where state in ('running', 'undoing') order by created_ms, id",
    );
    await Promise.allSettled(open.map((row) => this.#enqueue(Row.parse(row))));
  }

  /** Forgets operations that ended before `beforeMs`. */
  sweep(beforeMs: number): void {
    this.#journal.run("delete from operations where state in ('done', 'failed') and created_ms < ?", beforeMs);
  }

  /** Lets what runs come to its end and refuses new ones, except those that `last` starts. */
  async drain(last: () => Promise<void>): Promise<void> {
    await Promise.allSettled(this.#tails.values());
    await last();
    this.#stopping = true;
    await Promise.allSettled(this.#tails.values());
  }

  #enqueue(row: Row): Promise<void> {
    const before = this.#tails.get(row.subject) ?? Promise.resolve();
    const driven = before.then(() => {
      const drive = this.#kinds.get(row.kind);
      if (!drive) throw new Error(`the journal holds an operation of the unknown kind ${row.kind}`);
      return drive(row);
    });
    const tail = driven.catch(() => {});
    this.#tails.set(row.subject, tail);
    tail.then(() => {
      if (this.#tails.get(row.subject) === tail) this.#tails.delete(row.subject);
    });
    return driven;
  }

  async #drive<Input, Data>(kind: OperationKind<Input, Data>, row: Row): Promise<void> {
    const input = kind.input.parse(JSON.parse(row.input));
    let data: Partial<Data> = kind.data.parse(JSON.parse(row.data));
    let failure = row.error === null ? null : new Error(row.error);
    let at = row.step;
    if (row.state === "running") {
      for (const step of kind.steps.slice(at)) {
        try {
          data = { ...data, ...(await step.act(input, data)) };
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
          break;
        }
        at++;
        this.#save(row.id, { step: at, data, state: at === kind.steps.length ? "done" : "running", error: null });
      }
    }
    if (!failure) return;
    for (; at >= 0; at--) {
      this.#save(row.id, { step: at, data, state: "undoing", error: failure.message });
      await kind.steps[at]?.undo?.(input, data, failure);
    }
    this.#save(row.id, { step: 0, data, state: "failed", error: failure.message });
    throw failure;
  }

  #save(id: string, row: { step: number; data: object; state: Row["state"]; error: string | null }): void {
    this.#journal.run(
      "update operations set step = ?, data = ?, state = ?, error = ? where id = ?",
      row.step,
      JSON.stringify(row.data),
      row.state,
      row.error,
      id,
    );
  }
}
