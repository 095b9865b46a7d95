/** What is measured, in the same way for every contender. */
import { setTimeout as wait } from "node:timers/promises";
import * as Y from "yjs";
import { TEXT } from "../../../shared/editor/sync.ts";
import { memoryMb } from "../runtime/memory.ts";
import { median, percentile, round } from "../runtime/statistics.ts";
import { Client } from "./client.ts";
import type { Contender } from "./contender.ts";
import { Crowd } from "./crowd.ts";

const LATENCY_MS = 10_000;
const SPEED_MS = 2_000;
const MAX_WRITERS = 50;
/** Arrivals a second that one process of clients takes without being what is measured. */
const MAX_ARRIVALS = 10_000;
const EDITS_PER_SECOND = 50;

export interface Cell {
  readonly clients: number;
  readonly documentKb: number;
}

export interface CellFigures {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly editsPerSecond: number;
  readonly bytesPerEdit: number;
}

/** Latency and speed with so many clients on one document. */
export async function measureCell(contender: Contender, { clients, documentKb }: Cell): Promise<CellFigures> {
  const name = `cell-${clients}-${documentKb}.md`;
  await contender.create(name, prose(documentKb * 1024));
  const crowd = await Crowd.gather(contender.door(name), clients);
  try {
    await crowd.latencies(EDITS_PER_SECOND, 200);
    const perSecond = Math.min(EDITS_PER_SECOND, MAX_ARRIVALS / clients);
    const { times, bytesPerEdit } = await crowd.latencies(perSecond, LATENCY_MS);
    const edits = await crowd.writeAtFullSpeed(MAX_WRITERS, wait(SPEED_MS));
    return {
      medianMs: round(median(times)),
      p99Ms: round(percentile(times, 0.99)),
      editsPerSecond: round((edits / SPEED_MS) * 1000),
      bytesPerEdit: round(bytesPerEdit),
    };
  } finally {
    await crowd.leave();
  }
}

const SETTLE_MS = 2_000;
const CROWD = 100;
const DOCUMENTS = 20;
const DOCUMENT_KB = 1024;

/** Megabytes of a server that has just started, for each further client of a document, and for each further document. */
export async function measureMemory(contender: Contender) {
  await contender.start();
  try {
    await wait(SETTLE_MS);
    const idleMb = await memoryMb([contender.pid]);
    await contender.create("memory.md", prose(10 * 1024));
    const one = await Crowd.gather(contender.door("memory.md"), 1);
    await wait(SETTLE_MS);
    const withOne = await memoryMb([contender.pid]);
    const many = await Crowd.gather(contender.door("memory.md"), CROWD - 1);
    await wait(SETTLE_MS);
    const withMany = await memoryMb([contender.pid]);
    await Promise.all([one.leave(), many.leave()]);
    const before = await memoryMb([contender.pid]);
    const readers: Client[] = [];
    for (let i = 0; i < DOCUMENTS; i++) {
      await contender.create(`memory-${i}.md`, prose(DOCUMENT_KB * 1024));
      readers.push(await Client.open(contender.door(`memory-${i}.md`)));
    }
    await wait(SETTLE_MS);
    const withDocuments = await memoryMb([contender.pid]);
    await Promise.all(readers.map((reader) => reader.close()));
    return {
      idleMb: round(idleMb),
      mbPerClient: round((withMany - withOne) / CROWD),
      mbPerDocument: round((withDocuments - before) / DOCUMENTS),
    };
  } finally {
    await contender.stop();
  }
}

const AUTHORS = 50;
const EDITS_EACH = 2_000;
/** Edits that go to the server before it is asked whether it has kept up. */
const ROUND = 50;
const OPENS = 5;
const OPEN_MS = 60_000;
const WORD = "word ";

/** Milliseconds from connecting to the whole text, on a server that has just started. The document has 100,000 edits behind it. */
export async function measureOpening(contender: Contender) {
  const name = "history.md";
  await contender.start();
  await contender.create(name, "");
  const watcher = await Crowd.gather(contender.door(name), 0);
  const doc = new Y.Doc();
  const random = numbers(1);
  for (let i = 0; i < AUTHORS; i++) {
    // One after the other takes over what the others wrote, and revises it anywhere: each edit stays an item of its own.
    const author = await Client.open(contender.door(name), { doc });
    for (let written = 0; written < EDITS_EACH; written += ROUND) {
      for (let n = 0; n < ROUND; n++) author.type(WORD, Math.floor(random() * (author.text.length + 1)));
      while (watcher.seen(author) < (author.clocks.at(-1) ?? 0)) {
        if (!author.isOpen || !watcher.reader.isOpen) throw new Error(`${contender.name} closed a connection`);
        await wait(1);
      }
    }
    await author.close();
  }
  await watcher.leave();
  await wait(SETTLE_MS);
  await contender.stop();
  const times: number[] = [];
  for (let i = 0; i < OPENS; i++) {
    await contender.start();
    const began = performance.now();
    const reader = await openWhole(contender, name, AUTHORS * EDITS_EACH * WORD.length);
    times.push(performance.now() - began);
    await reader.close();
    await contender.stop();
  }
  return { openMs: round(median(times)) };
}

const KILL_AFTER_MS = 1_500;
const KILLS = 3;
const KILL_WRITERS = 20;

/**
 * Edits that `kill -9` at full load lost: of those that the server had acknowledged (which y-websocket never does), and of
 * those that somebody else had on their screen. The clients don't come back to help.
 */
export async function measureKills(contender: Contender) {
  let lostOnKill = 0;
  let seenLostOnKill = 0;
  let acknowledged = 0;
  for (let i = 0; i < KILLS; i++) {
    const name = `kill-${i}.md`;
    await contender.start();
    await contender.create(name, "");
    const crowd = await Crowd.gather(contender.door(name), KILL_WRITERS);
    await crowd.writeAtFullSpeed(
      KILL_WRITERS,
      wait(KILL_AFTER_MS).then(() => contender.kill()),
    );
    await wait(SETTLE_MS);
    await crowd.leave();
    await contender.start();
    const kept = new Y.Doc();
    const take = (update: Uint8Array) => Y.applyUpdate(kept, update);
    const reader = await Client.open(contender.door(name), { onState: take, onUpdate: take });
    await wait(SETTLE_MS);
    for (const client of crowd.clients) {
      const has = Y.getState(kept.store, client.doc.clientID);
      acknowledged += client.acknowledged;
      if (client.acknowledges) {
        lostOnKill += client.clocks.slice(0, client.acknowledged).filter((clock) => clock > has).length;
      }
      seenLostOnKill += client.clocks.filter((clock) => clock > has && clock <= crowd.seen(client)).length;
    }
    await reader.close();
    await contender.stop();
  }
  return { lostOnKill, seenLostOnKill, acknowledged };
}

/** Connects, and resolves once the text has so many characters. Throws if it does not get them. */
async function openWhole(contender: Contender, name: string, length: number): Promise<Client> {
  const doc = new Y.Doc();
  const text = doc.getText(TEXT);
  let isWhole: () => void = () => undefined;
  const whole = new Promise<void>((resolve) => {
    isWhole = resolve;
  });
  const take = (update: Uint8Array) => {
    Y.applyUpdate(doc, update);
    if (text.length >= length) isWhole();
  };
  const reader = await Client.open(contender.door(name), { onState: take, onUpdate: take });
  const late = wait(OPEN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${contender.name} has ${text.length} of ${length} characters of ${name}`);
  });
  await Promise.race([whole, late]);
  return reader;
}

function prose(bytes: number): string {
  const line = "A line of a document that people write together, long enough to be read.\n";
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

/** The same numbers from 0 to 1 for the same seed (xorshift32). */
function numbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
