/**
 * Watches memory and activity of all runtimes and acts in time (design.md §5): a machine ahead of need, growth in place, a
 * move, a pause when nothing else is left, back from a GPU that is not used, and sleep when nobody uses the runtime.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { HostAgent, Measurement } from "../agent/host-agent.ts";
import type { Executions } from "../executions/executions.ts";
import type { Hosts } from "../hosts/hosts.ts";
import { BASE } from "../hosts/records.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { RuntimeRecord, RuntimeRecords } from "../runtime/records.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { FITS, runtimeMemory, type Tier, type Tiers } from "../tiers/tiers.ts";
import { GpuUses } from "./gpu-use.ts";
import { hintsOf } from "./hints.ts";
import { LEVELS, type Level, Pressure } from "./pressure.ts";
import type { Signals } from "./signals.ts";

const LOOK_MS = 1_000;
/** A machine that was brought up ahead of need and is not needed is kept for so long. */
const HELD_MS = 180_000;
/** After something that could not be had, so long until it is tried again. */
const AGAIN_MS = 10_000;
/** Of the base server's memory, what stays free for daemon, editors and whatever grows next. */
const RESERVE = 0.15;
/** Below this share of one core a runtime without a cell is idle. */
const IDLE_LOAD = 0.03;
/** A fresh machine should be half empty: else it is too small again soon. */
const HEADROOM = 0.5;
/** For so long a cell that uses a GPU waits for one. */
const HELD_BACK_MS = 60_000;
/** A table in memory is about so many times as large as its file. */
const READ_GROWS = 4;
const BEGINS_TO_BE_TIGHT = 0.75;

export interface MonitorWorld {
  readonly records: RuntimeRecords;
  readonly runtimes: Runtimes;
  readonly executions: Executions;
  readonly projects: Projects;
  readonly hosts: Hosts;
  readonly tiers: Tiers;
  readonly signals: Signals;
  /** A runtime that nobody uses sleeps after this long. */
  readonly idleMs: number;
  /** One whose GPU is not used for this long goes back to a machine without. */
  readonly gpuIdleMs: number;
}

/** What the monitor remembers of a runtime. Lost with the daemon, and found out again in seconds. */
interface Watched {
  readonly pressure: Pressure;
  level: Level;
  used: number;
  limit: number;
  activeMs: number;
  processorMs: number;
  lookedMs: number;
  /** Nothing more is tried before this. */
  waitUntilMs: number;
  calmSinceMs: number;
  busy: boolean;
  gpuIdleMs: number;
  /** It has been said that the GPU is idle and can't be left. */
  saidGpuIdle: boolean;
}

type Sample = Measurement["runtimes"][number];

export class Monitor {
  readonly #world: MonitorWorld;
  readonly #watched = new Map<string, Watched>();
  readonly #gpuUses = new GpuUses();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;

  constructor(world: MonitorWorld) {
    this.#world = world;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), LOOK_MS);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Memory of a runtime as it was seen last, in bytes, or null. */
  memoryOf(runtimeId: string): { used: number; limit: number } | null {
    const watched = this.#watched.get(runtimeId);
    return watched ? { used: watched.used, limit: watched.limit } : null;
  }

  /** Somebody uses the runtime now: it does not sleep for a while. */
  touch(runtimeId: string): void {
    const watched = this.#watched.get(runtimeId);
    if (watched) watched.activeMs = Date.now();
  }

  /**
   * Looks at a cell before it runs. A library that wants a GPU brings a machine with one up; code that uses it waits until the
   * runtime is there, or can't be; a file that is too large for the runtime makes it grow. Never throws.
   */
  async beforeCell(project: Project, runtimeId: string, language: string, code: string): Promise<void> {
    this.touch(runtimeId);
    const hints = hintsOf(language, code);
    const record = this.#world.records.find(runtimeId);
    if (record?.state !== "running" || record.isSandbox) return;
    try {
      if (hints.gpu !== null) {
        const moved = this.#toGpu(record, hints.gpu);
        if (hints.usesGpu) await Promise.race([moved, wait(HELD_BACK_MS, undefined, { ref: false })]);
      }
      if (hints.files.length > 0) await this.#growFor(project, record, hints.files);
    } catch (error) {
      console.error(`monitor, runtime ${record.id}: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #toGpu(record: RuntimeRecord, why: string): Promise<void> {
    const { tiers, signals, runtimes } = this.#world;
    this.#gpuUses.want(record, Date.now());
    if (tiers.get(record.tier).gpu !== null) return;
    const used = this.memoryOf(record.id)?.used ?? 0;
    const tier = tiers.all().find(({ gpu, name }) => gpu !== null && used <= tiers.memoryOf(name) * FITS);
    if (!tier) return;
    signals.raise(record.id, "gpu-hint", `a cell ${why}`);
    await runtimes.moveNow(record.id, tier.name).catch((error: Error) => {
      console.error(`monitor, runtime ${record.id}: no GPU: ${error.message}`);
    });
  }

  async #growFor(project: Project, record: RuntimeRecord, files: readonly string[]): Promise<void> {
    const { projects, signals, hosts } = this.#world;
    const memory = this.memoryOf(record.id);
    const watched = this.#watched.get(record.id);
    if (!memory || !watched) return;
    const bytes = await projects.sizeOf(project, files);
    const need = memory.used + bytes * READ_GROWS;
    if (need <= memory.limit * BEGINS_TO_BE_TIGHT) return;
    const mib = Math.round(bytes / 1024 / 1024);
    signals.raise(record.id, "big-ram-hint", `a cell reads ${files.join(", ")} (${mib} MiB) into memory`);
    const tier = this.#next(record, { used: Math.max(need, memory.limit), limit: memory.limit });
    if (tier && hosts.heldFor(record.id).length === 0) await hosts.hold(randomUUID(), record.id, tier.name);
  }

  #tick(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#look().finally(() => {
      this.#looking = false;
    });
  }

  async #look(): Promise<void> {
    const { records, hosts } = this.#world;
    const running = records.all().filter(({ state, isSandbox }) => state === "running" && !isSandbox);
    for (const id of this.#watched.keys()) if (!running.some((record) => record.id === id)) this.#watched.delete(id);
    this.#gpuUses.keepOnly((id) => records.find(id)?.state !== "stopped");
    const hostIds = [...new Set(running.map(({ hostId }) => hostId))].filter((id) => hosts.isHere(id));
    await Promise.all(
      hostIds.map(async (hostId) => {
        const agent = hosts.agent(hostId);
        const measurement = await agent.measure().catch(() => null);
        if (!measurement) return;
        for (const sample of measurement.runtimes) {
          const record = running.find(({ id }) => id === sample.runtimeId);
          if (record?.hostId === hostId) this.#take(record, sample, measurement, agent);
        }
      }),
    );
  }

  #take(record: RuntimeRecord, sample: Sample, host: Measurement, agent: HostAgent): void {
    const now = Date.now();
    const watched = this.#watched.get(record.id) ?? fresh(sample, now);
    this.#watched.set(record.id, watched);
    watched.used = sample.used;
    watched.limit = sample.limit;
    const load = (sample.processorMs - watched.processorMs) / Math.max(1, now - watched.lookedMs);
    watched.processorMs = sample.processorMs;
    watched.lookedMs = now;
    const cellRuns = this.#world.executions.hasOpen(record.id);
    if (load > IDLE_LOAD || cellRuns) watched.activeMs = now;
    const hasGpu = this.#world.tiers.get(record.tier).gpu !== null;
    watched.gpuIdleMs = hasGpu ? this.#gpuUses.look(record, now, cellRuns, host.gpus) : 0;
    if (watched.gpuIdleMs < this.#world.gpuIdleMs) watched.saidGpuIdle = false;

    const level = watched.pressure.add({ atMs: now, used: sample.used }, sample.limit);
    if (level !== "calm") watched.calmSinceMs = now;
    if (LEVELS.indexOf(level) > LEVELS.indexOf(watched.level)) this.#say(record, level, sample);
    watched.level = level;
    if (watched.busy) return;
    watched.busy = true;
    this.#act(record, watched, sample, host, agent)
      .catch((error: unknown) => {
        watched.waitUntilMs = Date.now() + AGAIN_MS;
        console.error(`monitor, runtime ${record.id}: ${error instanceof Error ? error.message : error}`);
      })
      .finally(() => {
        watched.busy = false;
      });
  }

  async #act(
    record: RuntimeRecord,
    watched: Watched,
    sample: Sample,
    host: Measurement,
    agent: HostAgent,
  ): Promise<void> {
    const { hosts, runtimes, idleMs, gpuIdleMs, signals } = this.#world;
    const now = Date.now();
    if (host.interruptionMs !== null) {
      if (now < watched.waitUntilMs) return;
      signals.raise(record.id, "urgent-migrate", "its spot machine will be taken");
      await this.#leave(record, sample);
      return;
    }
    if (watched.level === "critical" && !sample.paused) {
      await agent.pauseRuntime(record.id);
      return;
    }
    if (now - watched.activeMs > idleMs && now >= watched.waitUntilMs) {
      await runtimes.sleep(record.id);
      signals.raise(record.id, "idle-sleep", `nobody used it for ${Math.round(idleMs / 1000)} s`);
      return;
    }
    if (watched.gpuIdleMs > gpuIdleMs && now >= watched.waitUntilMs) {
      if (await this.#leaveGpu(record, watched, sample)) return;
    }
    switch (watched.level) {
      case "calm":
        if (now - watched.calmSinceMs > HELD_MS) await hosts.letGo(record.id);
        break;
      case "pre-provision": {
        if (this.#roomHere(record, sample, host) || now < watched.waitUntilMs) break;
        const tier = this.#next(record, sample);
        if (tier && hosts.heldFor(record.id).length === 0) await hosts.hold(randomUUID(), record.id, tier.name);
        break;
      }
      default: {
        if (now < watched.waitUntilMs) break;
        const bytes = this.#roomHere(record, sample, host);
        if (bytes) await agent.limitRuntime(record.id, bytes);
        else {
          const tier = this.#next(record, sample);
          if (!tier) throw new Error("there is no bigger tier");
          await runtimes.moveNow(record.id, tier.name);
        }
        return;
      }
    }
    // Paused when it was critical, and there is room again.
    if (sample.paused) await agent.resumeRuntime(record.id);
  }

  /** To another machine of its tier. Spot machines are taken when those are short: then to any that has room. */
  async #leave(record: RuntimeRecord, { used }: Sample): Promise<void> {
    const { tiers, runtimes } = this.#world;
    const isBase = (tier: Tier) => Number(tier.instanceType === null);
    const others = tiers
      .all()
      .filter((tier) => tier.name !== record.tier && used <= runtimeMemory(tier) * FITS)
      .toSorted((a, b) => isBase(a) - isBase(b));
    let failure: unknown = null;
    for (const tier of [record.tier, ...others.map(({ name }) => name)]) {
      try {
        return await runtimes.moveNow(record.id, tier);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Back to a machine without a GPU. Returns false if the runtime has to stay. */
  async #leaveGpu(record: RuntimeRecord, watched: Watched, sample: Sample): Promise<boolean> {
    const { signals, runtimes, gpuIdleMs } = this.#world;
    const idle = `its GPU was not used for ${Math.round(gpuIdleMs / 1000)} s`;
    const tier = this.#withRoom(sample.used, (one) => one.gpu === null);
    if (sample.cuda !== null || !tier) {
      const why = tier ? "a program still holds it: restart the session to go back" : "no machine without one has room";
      if (!watched.saidGpuIdle) signals.raise(record.id, "gpu-idle", `${idle}, and ${why}`);
      watched.saidGpuIdle = true;
      return false;
    }
    signals.raise(record.id, "gpu-idle", idle);
    await runtimes.moveNow(record.id, tier.name);
    return true;
  }

  /** Bytes that the runtime can have in place if it needs more than now, or null if its host has no room for that. */
  #roomHere(record: RuntimeRecord, { limit }: Sample, { memory }: Measurement): number | null {
    const most = this.#world.tiers.mostOf(record.tier);
    const more = Math.min(2 * limit, most) - limit;
    if (more <= 0 || record.hostId !== BASE) return null;
    return memory.available - more > memory.total * RESERVE ? limit + more : null;
  }

  /** The smallest bigger tier that leaves headroom, or the biggest that fits at all. */
  #next(record: RuntimeRecord, { used, limit }: Pick<Sample, "used" | "limit">): Tier | null {
    const { tiers } = this.#world;
    const { gpu } = tiers.get(record.tier);
    return this.#withRoom(
      used,
      (tier) => tier.instanceType !== null && tier.gpu === gpu && runtimeMemory(tier) > limit,
    );
  }

  /** Of those tiers the smallest that leaves headroom, or the biggest that fits at all. */
  #withRoom(used: number, isMeant: (tier: Tier) => boolean): Tier | null {
    const meant = this.#world.tiers.all().filter(isMeant);
    const roomy = meant.find((tier) => used <= runtimeMemory(tier) * HEADROOM);
    return roomy ?? meant.findLast((tier) => used <= runtimeMemory(tier) * FITS) ?? null;
  }

  #say(record: RuntimeRecord, level: Level, { used, limit }: Sample): void {
    if (level === "calm") return;
    const mib = (bytes: number) => Math.round(bytes / 1024 / 1024);
    this.#world.signals.raise(record.id, level, `${mib(used)} of ${mib(limit)} MiB are in use`);
  }
}

function fresh({ used, limit, processorMs }: Sample, now: number): Watched {
  return {
    pressure: new Pressure(),
    level: "calm",
    used,
    limit,
    activeMs: now,
    processorMs,
    lookedMs: now,
    waitUntilMs: 0,
    calmSinceMs: now,
    busy: false,
    gpuIdleMs: 0,
    saidGpuIdle: false,
  };
}
