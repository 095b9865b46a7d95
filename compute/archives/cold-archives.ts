/** Archives of runtimes that have slept for long: which go to S3 and when, how they come back, and that nothing stays there. */
import { setTimeout as wait } from "node:timers/promises";
import type { HostAgent } from "../agent/host-agent.ts";
import type { Journal } from "../journal/journal.ts";
import type { Operations } from "../journal/operations.ts";
import { attempt, type Input, subjectOf } from "../runtime/elastic.ts";
import type { RuntimeRecords } from "../runtime/records.ts";
import { coolOperation } from "./cool.ts";
import type { ArchiveKeys } from "./keys.ts";
import { ArchiveRecords } from "./records.ts";
import { DamagedArchive } from "./seal.ts";
import type { ArchiveStore } from "./store.ts";
import { fetchHome } from "./transfer.ts";

/** Of the time after which an archive is cold, how much later it may be seen at most. */
const LATE = 0.25;
const LOOK_MS = { least: 1_000, most: 60 * 60 * 1000 } as const;
/** What no record names is left alone for so long: S3's clock and ours may differ, and it may just have been begun. */
const STRAY_MS = 60 * 60 * 1000;
/** Before what looks damaged is taken for damaged, it is read once more. */
const AGAIN_MS = 1_000;

export interface ColdWorld {
  readonly journal: Journal;
  readonly operations: Operations;
  readonly records: RuntimeRecords;
  /** The base server's agent: archives of sleepers lie there. */
  readonly home: HostAgent;
  readonly store: ArchiveStore;
  readonly keys: ArchiveKeys;
  /** A runtime that has slept for so long is cold. */
  readonly coldMs: number;
}

/** What S3 may have of a runtime's. */
interface Named {
  readonly name: string;
  /** The upload that it is sent by, unless that is done. */
  readonly upload: string | null;
  readonly runtimeId: string;
}

export class ColdArchives {
  readonly #world: ColdWorld;
  readonly #archives: ArchiveRecords;
  readonly #cool: (input: Input) => Promise<void>;
  /** Call off what is on its way. By runtime. */
  readonly #underWay = new Map<string, AbortController>();
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> | null = null;
  #isClosed = false;

  constructor(world: ColdWorld) {
    this.#world = world;
    this.#archives = new ArchiveRecords(world.journal);
    this.#cool = world.operations.define(
      coolOperation({
        ...world,
        archives: this.#archives,
        signal: (runtimeId) => this.#controller(runtimeId).signal,
        discard: (runtimeId) => this.discard(runtimeId),
      }),
    );
  }

  /** Sends what is cold from now on, and sweeps what nothing names. */
  watch(): void {
    const { coldMs } = this.#world;
    this.#timer = setInterval(() => this.#tick(), Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, coldMs * LATE)));
    this.#tick();
  }

  /** Calls off what is on its way: it goes on after the next start. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearInterval(this.#timer);
    for (const controller of this.#underWay.values()) controller.abort(new Error("the base server is stopping"));
  }

  /** True if the only copy of the runtime's archive is in S3, or may be. */
  has(runtimeId: string): boolean {
    return this.#archives.find(runtimeId) !== null;
  }

  /** Somebody wants the runtime: nothing of it is sent any more. */
  hurry(runtimeId: string): void {
    this.#underWay.get(runtimeId)?.abort(new Error("somebody needs the runtime"));
  }

  /** Brings the archive back to the base server's disk; S3 drops it then. Throws Fault, DamagedArchive if it will not do any more. */
  async fetch(runtimeId: string): Promise<void> {
    const archive = this.#archives.find(runtimeId);
    if (!archive) return;
    try {
      await fetchHome(this.#world, runtimeId, archive).catch(async (error: unknown) => {
        if (!(error instanceof DamagedArchive)) throw error;
        await wait(AGAIN_MS);
        await fetchHome(this.#world, runtimeId, archive);
      });
    } catch (error) {
      if (error instanceof DamagedArchive) this.#archives.damaged(archive.name);
      throw error;
    }
    await this.#drop({ name: archive.name, upload: null, runtimeId });
  }

  /** Drops all that S3 has of a runtime, whole or not. Never throws: what can't be dropped now is swept. */
  async discard(runtimeId: string): Promise<void> {
    for (const one of this.#archives.ofRuntime(runtimeId)) await this.#drop({ ...one, runtimeId });
  }

  /** One round: sends what has become cold, one after the other, and drops what nothing names. Never throws. */
  async sweep(): Promise<void> {
    const { records, operations, home, coldMs } = this.#world;
    for (const one of this.#archives.unfinished())
      if (!operations.isBusy(subjectOf(one.runtimeId))) await this.#drop(one);
    await attempt("archives", () => this.#strays());
    for (const { id, projectId, state, sinceMs } of records.all()) {
      if (this.#isClosed) return;
      if (state !== "asleep" || Date.now() - sinceMs < coldMs || operations.isBusy(subjectOf(id))) continue;
      await attempt(id, async () => {
        // One that is cold already and still has an archive here could not be dropped when it was sent.
        if (!(await home.archive(id))) return;
        this.#underWay.set(id, new AbortController());
        await this.#cool({ runtimeId: id, projectId }).finally(() => this.#underWay.delete(id));
      });
    }
  }

  #tick(): void {
    // A round that takes longer than the interval is waited for, not overtaken.
    this.#sweeping ??= this.sweep().finally(() => {
      this.#sweeping = null;
    });
  }

  async #strays(): Promise<void> {
    const { store } = this.#world;
    for (const { name, upload, ms } of await store.list()) {
      if (Date.now() - ms < STRAY_MS || this.#archives.has(name)) continue;
      if (upload === null) await store.remove(name);
      else await store.abort(name, upload);
    }
  }

  /** The journal says so first, so that nobody is woken from it, and forgets it when S3 has. Never throws. */
  async #drop({ name, upload, runtimeId }: Named): Promise<void> {
    const { store } = this.#world;
    this.#archives.dropping(name);
    await attempt(runtimeId, async () => {
      if (upload !== null) await store.abort(name, upload);
      await store.remove(name);
      this.#archives.remove(name);
    });
  }

  #controller(runtimeId: string): AbortController {
    const known = this.#underWay.get(runtimeId);
    if (known) return known;
    const controller = new AbortController();
    this.#underWay.set(runtimeId, controller);
    return controller;
  }
}
