/** Compares what the journal wants with what the host reports, and mends the difference (design.md §4.3). */
import type { Agent } from "./agent/agent.ts";
import type { Editors } from "./editor/editors.ts";
import type { RuntimeRecords } from "./runtime/records.ts";
import type { Runtimes } from "./runtime/runtimes.ts";

const INTERVAL_MS = 2_000;

export class Reconciler {
  readonly #agent: Agent;
  readonly #records: RuntimeRecords;
  readonly #runtimes: Runtimes;
  readonly #editors: Editors;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(agent: Agent, records: RuntimeRecords, runtimes: Runtimes, editors: Editors) {
    this.#agent = agent;
    this.#records = records;
    this.#runtimes = runtimes;
    this.#editors = editors;
  }

  /** Reconciles now and from then on. */
  start(): void {
    this.#timer = setInterval(() => this.#tick(), INTERVAL_MS);
    this.#tick();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#round;
  }

  #tick(): void {
    // A round that takes longer than the interval is waited for, not overtaken.
    if (this.#busy) return;
    this.#busy = true;
    this.#round = this.reconcile()
      .catch((error: unknown) => console.error("reconciler:", error))
      .finally(() => {
        this.#busy = false;
      });
  }

  /** One round. What an operation is busy with is left to the operation. */
  async reconcile(): Promise<void> {
    // The journal is read after the host: a container that appears in between is younger than what was reported.
    const found = await this.#agent.containers();
    const runningRuntimes = new Set<string>();
    const runningEditors = new Set<string>();
    const wantedEditors = new Set(this.#editors.wanted());

    for (const container of found) {
      const { role } = container;
      if (role?.kind === "runtime") {
        const state = this.#records.find(role.runtimeId)?.state;
        const isWanted = state !== undefined && state !== "stopped" && state !== "failed" && state !== "asleep";
        if (!isWanted) await this.#agent.removeContainer(container.containerId);
        else if (container.running) runningRuntimes.add(role.runtimeId);
      } else if (role?.kind === "editor" && wantedEditors.has(role.ownerId)) {
        if (container.running) runningEditors.add(role.ownerId);
      } else {
        // Ours by its label, and no record names it.
        await this.#agent.removeContainer(container.containerId);
      }
    }
    for (const record of this.#records.all()) {
      if (
        record.state === "running" &&
        !runningRuntimes.has(record.id) &&
        !(await this.#agent.isRuntimeRunning(record.id))
      ) {
        await this.#runtimes.ended(record.id);
      }
    }
    for (const ownerId of wantedEditors) {
      if (!runningEditors.has(ownerId) && !this.#editors.isStarting(ownerId)) await this.#editors.ensure(ownerId);
    }
  }
}
