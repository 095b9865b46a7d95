/** Events for the edge: in the journal until the edge has taken them, sent in order, again and again if need be. */
import { randomUUID } from "node:crypto";
import { type DaemonEvent, EDGE_EVENTS } from "../../shared/daemon/contract.ts";
import { sign } from "../../shared/daemon/signature.ts";
import type { Journal } from "../journal/journal.ts";

const RETRY_MS = [200, 1_000, 5_000, 15_000];

type Unsent<T> = T extends unknown ? Omit<T, "id"> : never;

export class Outbox {
  readonly #journal: Journal;
  readonly #edgeOrigin: string;
  readonly #secret: string;
  #sending: Promise<void> | null = null;
  #stopped = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(journal: Journal, edgeOrigin: string, secret: string) {
    this.#journal = journal;
    this.#edgeOrigin = edgeOrigin;
    this.#secret = secret;
  }

  /** Journals the event and begins to send. Returns at once: nobody waits for the edge. */
  post(event: Unsent<DaemonEvent>): void {
    this.#journal.run("insert into outbox (event) values (?)", JSON.stringify({ id: randomUUID(), ...event }));
    this.flush();
  }

  /** Sends what is there, unless it is being sent already. */
  flush(failures = 0): void {
    if (this.#stopped || this.#sending) return;
    if (this.#retry) clearTimeout(this.#retry);
    this.#sending = this.#sendAll().then(
      () => {
        this.#sending = null;
      },
      (error: unknown) => {
        this.#sending = null;
        if (this.#stopped) return;
        if (failures === RETRY_MS.length) console.error(`the edge does not take events: ${error}`);
        const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
        this.#retry = setTimeout(() => this.flush(failures + 1), wait);
      },
    );
  }

  stop(): void {
    this.#stopped = true;
    if (this.#retry) clearTimeout(this.#retry);
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const row = this.#journal.row("select number, event from outbox order by number limit 1");
      if (!row || this.#stopped) return;
      await this.#send(String(row.event));
      this.#journal.run("delete from outbox where number = ?", Number(row.number));
    }
  }

  async #send(event: string): Promise<void> {
    const body = new TextEncoder().encode(event);
    const headers = await sign(this.#secret, {
      audience: "edge",
      method: "POST",
      target: EDGE_EVENTS,
      body,
      actor: "",
    });
    const response = await fetch(this.#edgeOrigin + EDGE_EVENTS, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    // An event that the edge can't ever take (4xx) would stop all that follow: it is dropped, and said.
    if (response.status >= 400 && response.status < 500 && response.status !== 401 && response.status !== 429) {
      console.error(`the edge refused an event (${response.status}): ${event.slice(0, 200)}`);
    } else if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
  }
}
