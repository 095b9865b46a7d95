/** The open lines to runtimes, and what comes over them into the journal. */
import { linesOf } from "../agent/container-log.ts";
import type { HostAgent } from "../agent/host-agent.ts";
import type { Executions } from "../executions/executions.ts";
import type { Journal } from "../journal/journal.ts";
import { type LinkSink, parseLines, RuntimeLink } from "./link.ts";
import type { RuntimeRecords } from "./records.ts";
import { takeLines } from "./take-lines.ts";

export interface LinksWorld {
  readonly journal: Journal;
  readonly records: RuntimeRecords;
  readonly executions: Executions;
  /** The agent of the host that the runtime is on. */
  readonly agentOf: (runtimeId: string) => HostAgent;
}

export class RuntimeLinks {
  readonly #world: LinksWorld;
  readonly #links = new Map<string, RuntimeLink>();

  constructor(world: LinksWorld) {
    this.#world = world;
  }

  /** The open line to the runtime, or null. */
  get(runtimeId: string): RuntimeLink | null {
    const link = this.#links.get(runtimeId);
    return link && !link.closed ? link : null;
  }

  /** Opens a line to the runtime where the record says that it is. Throws Fault("unavailable"). */
  async follow(runtimeId: string): Promise<RuntimeLink> {
    this.unfollow(runtimeId);
    const { records, agentOf } = this.#world;
    const link = new RuntimeLink(agentOf(runtimeId), runtimeId, this.#sink(runtimeId));
    await link.open(records.find(runtimeId)?.logOffset ?? 0);
    this.#links.set(runtimeId, link);
    return link;
  }

  unfollow(runtimeId: string): void {
    this.#links.get(runtimeId)?.close();
    this.#links.delete(runtimeId);
  }

  /** What a runtime said last, before its container goes: the lines in front of a crash are the ones that explain it. */
  async takeRest(runtimeId: string): Promise<void> {
    const { take } = this.#sink(runtimeId);
    const from = this.#world.records.find(runtimeId)?.logOffset ?? 0;
    const log = await this.#world
      .agentOf(runtimeId)
      .runtimeLog(runtimeId, from, null)
      .catch(() => null);
    if (log === null) return;
    try {
      for await (const { lines, offset } of linesOf(log, from)) take(parseLines(runtimeId, lines), offset);
    } catch (error) {
      console.error(`runtime ${runtimeId}: the rest of its log can't be read: ${error}`);
    }
  }

  #sink(runtimeId: string): LinkSink {
    const { records, executions, journal } = this.#world;
    const epoch = records.find(runtimeId)?.epoch ?? 0;
    return {
      take: (lines, offset) => takeLines(journal, records, executions, { runtimeId, epoch }, lines, offset),
      unacknowledged: () => executions.unacknowledged(runtimeId, epoch),
    };
  }
}
