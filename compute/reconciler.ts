/** Compares what the journal wants with what hosts and EC2 report, and mends the difference (design.md §4.3). */
import type { Agent } from "./agent/agent.ts";
import type { Found } from "./agent/host-agent.ts";
import type { Editors } from "./editor/editors.ts";
import type { Hosts } from "./hosts/hosts.ts";
import { BASE, type HostRecord } from "./hosts/records.ts";
import type { RuntimeRecords } from "./runtime/records.ts";
import type { Runtimes } from "./runtime/runtimes.ts";

const INTERVAL_MS = 2_000;
/** EC2 is asked less often: what nothing wants there costs money, not correctness. */
const SWEEP_MS = 120_000;

export class Reconciler {
  readonly #agent: Agent;
  readonly #records: RuntimeRecords;
  readonly #hosts: Hosts;
  readonly #runtimes: Runtimes;
  readonly #editors: Editors;
  #timer: NodeJS.Timeout | null = null;
  /** Each thing has rounds of its own: a machine that takes minutes to end keeps nobody else waiting. */
  readonly #rounds = new Map<string, Promise<void>>();
  #sweptMs = 0;

  constructor(agent: Agent, records: RuntimeRecords, hosts: Hosts, runtimes: Runtimes, editors: Editors) {
    this.#agent = agent;
    this.#records = records;
    this.#hosts = hosts;
    this.#runtimes = runtimes;
    this.#editors = editors;
  }

  /** Reconciles now and from then on. What an operation is busy with is left to the operation. */
  start(): void {
    this.#timer = setInterval(() => this.#tick(), INTERVAL_MS);
    this.#tick();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all(this.#rounds.values());
  }

  #tick(): void {
    // The journal is read after the host: a container that appears in between is younger than what was reported.
    let found: Promise<Found[]> | null = null;
    const containers = () => (found ??= this.#agent.containers());
    this.#round("the base server", async () => this.#base(await containers()));
    this.#round("editors", async () => this.#editorContainers(await containers()));
    for (const host of this.#hosts.alive()) this.#round(`host ${host.id}`, () => this.#host(host));
    this.#round("lost hosts", async () => {
      for (const { id } of await this.#hosts.lost()) await this.#runtimes.hostLost(id);
    });
    if (Date.now() - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = Date.now();
    this.#round("EC2", () => this.#hosts.sweep());
  }

  /** A round that takes longer than the interval is waited for, not overtaken. */
  #round(what: string, work: () => Promise<void>): void {
    if (this.#rounds.has(what)) return;
    const round = work()
      .catch((error: unknown) => console.error(`reconciler, ${what}:`, error))
      .finally(() => this.#rounds.delete(what));
    this.#rounds.set(what, round);
  }

  async #base(found: readonly Found[]): Promise<void> {
    for (const { containerId, role } of found) {
      // Ours by its label, and no record names it.
      if (role === null) await this.#agent.removeContainer(containerId);
    }
    await this.#runtimesOn(BASE, found);
  }

  async #editorContainers(found: readonly Found[]): Promise<void> {
    const wanted = new Set(this.#editors.wanted());
    const running = new Set<string>();
    for (const { containerId, role, running: runs } of found) {
      if (role?.kind !== "editor") continue;
      if (!wanted.has(role.ownerId)) await this.#agent.removeContainer(containerId);
      else if (runs) running.add(role.ownerId);
    }
    for (const ownerId of wanted) {
      if (!running.has(ownerId) && !this.#editors.isStarting(ownerId)) await this.#editors.ensure(ownerId);
    }
  }

  async #host(host: HostRecord): Promise<void> {
    await this.#runtimes.endIdleHost(host);
    if (this.#hosts.isHere(host.id)) await this.#runtimesOn(host.id, await this.#hosts.agent(host.id).containers());
  }

  async #runtimesOn(hostId: string, found: readonly Found[]): Promise<void> {
    const running = new Set<string>();
    for (const { containerId, role, running: runs } of found) {
      if (role?.kind !== "runtime") continue;
      // While a runtime is handed over, what is left of it at its source serves its memory.
      if (this.#runtimes.isBusy(role.runtimeId)) {
        if (runs) running.add(role.runtimeId);
        continue;
      }
      const record = this.#records.find(role.runtimeId);
      const state = record?.state ?? "stopped";
      const isElsewhere = state === "running" && record?.hostId !== hostId;
      const isUnwanted = state === "stopped" || state === "failed" || state === "asleep";
      if (isElsewhere || isUnwanted) await this.#hosts.agent(hostId).removeContainer(containerId);
      else if (runs) running.add(role.runtimeId);
    }
    for (const record of this.#records.all()) {
      if (record.state !== "running" || record.hostId !== hostId) continue;
      if (running.has(record.id)) await this.#runtimes.tend(record);
      else if (!(await this.#hosts.agent(hostId).isRuntimeRunning(record.id))) await this.#runtimes.ended(record.id);
    }
  }
}
