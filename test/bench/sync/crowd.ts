/** Clients of one document that write, and when each edit arrived at the others. */
import { setTimeout as wait } from "node:timers/promises";
import * as Y from "yjs";
import { Client } from "./client.ts";
import type { Door } from "./contender.ts";

/** So many connect at a time: the state of a large document goes to each of them. */
const CONNECT_AT_ONCE = 20;
const EDIT = "word ";
/** Edits that one writer has under way while it writes as fast as it can. */
const WINDOW = 8;
const ARRIVE_MS = 10_000;

export class Crowd {
  readonly clients: Client[] = [];
  /** Takes no part, and sees everything. */
  readonly reader: Client;
  /** Edits that have arrived at the reader, by the writer's Y.Doc. */
  readonly #seen = new Map<number, number>();
  #onSeen: () => void = () => undefined;

  private constructor(reader: Client) {
    this.reader = reader;
    reader.onUpdate = (update) => {
      for (const [id, clock] of Y.parseUpdateMeta(update).to) this.#seen.set(id, clock);
      this.#onSeen();
    };
  }

  static async gather(door: Door, count: number): Promise<Crowd> {
    const crowd = new Crowd(await Client.open(door));
    while (crowd.clients.length < count) {
      const more = Math.min(CONNECT_AT_ONCE, count - crowd.clients.length);
      crowd.clients.push(...(await Promise.all(Array.from({ length: more }, () => Client.open(door)))));
    }
    return crowd;
  }

  async leave(): Promise<void> {
    await Promise.all([this.reader, ...this.clients].map((client) => client.close()));
  }

  /**
   * One edit after another, each by another client, `perSecond` of them: the milliseconds from writing to each arrival, and
   * the bytes that a client's socket carried for an edit.
   */
  async latencies(perSecond: number, durationMs: number): Promise<{ times: number[]; bytesPerEdit: number }> {
    const times: number[] = [];
    /** When an edit was written, by Y.Doc and the clock before it. */
    const written = new Map<string, number>();
    const everyone = [this.reader, ...this.clients];
    const mine = everyone.map((client) => {
      const before = client.onUpdate;
      client.onUpdate = (update) => {
        before(update);
        const now = performance.now();
        const { from, to } = Y.parseUpdateMeta(update);
        for (const [id, end] of to) {
          if (id === client.doc.clientID) continue;
          for (let clock = from.get(id) ?? end; clock < end; clock += EDIT.length) {
            const at = written.get(`${id}:${clock}`);
            if (at !== undefined) times.push(now - at);
          }
        }
      };
      return () => {
        client.onUpdate = before;
      };
    });
    const bytesBefore = this.#wireBytes;
    const began = performance.now();
    let edits = 0;
    while (performance.now() - began < durationMs) {
      const writer = this.#client(edits);
      written.set(`${writer.doc.clientID}:${writer.clocks.at(-1) ?? 0}`, performance.now());
      writer.type(EDIT);
      edits++;
      await wait(Math.max(0, began + (edits * 1000) / perSecond - performance.now()));
    }
    const deadline = performance.now() + ARRIVE_MS;
    while (times.length < edits * this.clients.length && performance.now() < deadline) await wait(10);
    for (const restore of mine) restore();
    if (times.length < edits * this.clients.length) throw new Error("an edit did not arrive");
    return { times, bytesPerEdit: (this.#wireBytes - bytesBefore) / edits / everyone.length };
  }

  /** Writers write as fast as the reader sees it, and stop at `until`. Resolves with how many edits the reader saw. */
  async writeAtFullSpeed(writers: number, until: Promise<unknown>): Promise<number> {
    let over = false;
    const authors = this.clients.slice(0, writers);
    const count = () =>
      authors.reduce((sum, author) => sum + (this.#seen.get(author.doc.clientID) ?? 0), 0) / EDIT.length;
    const before = count();
    const write = () => {
      if (over) return;
      for (const author of authors) {
        const seen = (this.#seen.get(author.doc.clientID) ?? 0) / EDIT.length;
        while (author.clocks.length < seen + WINDOW) author.type(EDIT);
      }
    };
    this.#onSeen = write;
    write();
    await until;
    over = true;
    this.#onSeen = () => undefined;
    return count() - before;
  }

  /** Clock up to which the reader has seen what a client wrote. */
  seen(client: Client): number {
    return this.#seen.get(client.doc.clientID) ?? 0;
  }

  #client(turn: number): Client {
    const client = this.clients[turn % this.clients.length];
    if (!client) throw new Error("nobody is here");
    return client;
  }

  get #wireBytes(): number {
    return [this.reader, ...this.clients].reduce((sum, client) => sum + client.wireBytes, 0);
  }
}
