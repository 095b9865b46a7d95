/**
 * Runtimes of projects: started on first use, kept across restarts of the daemon, moved between hosts, frozen when nobody
 * uses them or the platform stops.
 *
 *   stopped ─► starting ─► running ─► checkpointing ─► asleep ─► waking ─► running
 *                 └► failed ◄┘│└────► stopping ─► stopped           └► failed
 *                          moving ─► running
 */
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import * as z from "zod";
import type { MoveState, RuntimeState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { HostAgent, RuntimePlan } from "../agent/host-agent.ts";
import type { ColdArchives } from "../archives/cold-archives.ts";
import type { Executions } from "../executions/executions.ts";
import type { Hosts } from "../hosts/hosts.ts";
import { BASE, type HostRecord } from "../hosts/records.ts";
import type { Journal } from "../journal/journal.ts";
import type { OperationKind, Operations, Step } from "../journal/operations.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { Tiers } from "../tiers/tiers.ts";
import { type Copy, copyOperation } from "./copy.ts";
import { type ElasticWorld, Input, subjectOf } from "./elastic.ts";
import type { RuntimeLink } from "./link.ts";
import { RuntimeLinks } from "./links.ts";
import { moveOperation } from "./move.ts";
import type { Moves } from "./moves.ts";
import { type RuntimeRecord, type RuntimeRecords, stateOf } from "./records.ts";
import { sleepOperation } from "./sleep.ts";
import { type Wake, wakeOperation } from "./wake.ts";

const READY_MS = 30_000;

type NoData = Record<string, never>;

const HALF_WAY: ReadonlySet<RuntimeRecord["state"]> = new Set([
  "checkpointing",
  "stopping",
  "starting",
  "moving",
  "waking",
]);

export interface RuntimesWorld {
  readonly journal: Journal;
  readonly operations: Operations;
  readonly records: RuntimeRecords;
  readonly executions: Executions;
  readonly projects: Projects;
  readonly hosts: Hosts;
  readonly tiers: Tiers;
  readonly moves: Moves;
  readonly coldArchives: ColdArchives;
  /** Told when somebody's need has woken a runtime. */
  readonly woken: (runtimeId: string) => void;
  /** Told when a runtime has ended that nobody has ended, with all its variables. */
  readonly lost: (runtimeId: string, reason: string) => void;
}

export class Runtimes {
  readonly #world: RuntimesWorld;
  /** For operations of other folders that act on runtimes. */
  readonly elastic: ElasticWorld;
  readonly #links: RuntimeLinks;
  readonly #ensuring = new Map<string, Promise<RuntimeLink>>();
  readonly #copy: (input: Copy) => Promise<void>;
  readonly #start: (input: Input) => Promise<void>;
  readonly #stop: (input: Input) => Promise<void>;
  readonly #sleep: (input: Input) => Promise<void>;
  readonly #wakeWhole: (input: Wake) => Promise<void>;
  /** Rings, by its id, when a runtime that was woken runs. */
  readonly #awake = new EventEmitter().setMaxListeners(0);
  readonly #move: (input: Input & { moveId: string; tier: string }) => Promise<void>;

  constructor(world: RuntimesWorld) {
    this.#world = world;
    this.#links = new RuntimeLinks({ ...world, agentOf: (runtimeId) => this.#agent(runtimeId) });
    const { operations } = world;
    this.#start = operations.define(this.#operation("runtime-start", this.#startSteps()));
    this.#stop = operations.define(this.#operation("runtime-stop", this.#stopSteps()));
    const elastic = {
      ...world,
      links: this.#links,
      find: (runtimeId: string) => this.#find(runtimeId),
      folder: (runtimeId: string) => this.folder(runtimeId),
      plan: (runtimeId: string, tier: string) => this.#plan(runtimeId, tier),
      giveUp: (runtimeId: string, reason: string) => this.#giveUp(runtimeId, reason),
    };
    this.#sleep = operations.define(sleepOperation(elastic));
    this.#wakeWhole = operations.define(wakeOperation(elastic, (runtimeId) => this.#awake.emit(runtimeId)));
    this.#move = operations.define(moveOperation(elastic));
    this.elastic = elastic;
    this.#copy = operations.define(copyOperation(elastic));
  }

  /** The id of the project's own runtime. */
  own(project: Project): string {
    return this.#world.records.ofProject(project.id).id;
  }

  /** The id of a sandbox, if it is one of the project's. Throws Fault("not_found"). */
  sandboxOf(project: Project, sandboxId: string): string {
    const record = this.#world.records.find(sandboxId);
    if (!record?.isSandbox || record.projectId !== project.id) throw new Fault("not_found", "no such sandbox");
    return record.id;
  }

  /** A runtime's files on the base server. Throws Fault("not_found"). */
  folder(runtimeId: string): string {
    const { projectId, isSandbox } = this.#find(runtimeId);
    const { projects } = this.#world;
    const project = projects.get(projectId);
    return isSandbox ? projects.sandboxRoot(project, runtimeId) : projects.root(project);
  }

  /** Throws Fault("not_found"). */
  record(runtimeId: string): RuntimeRecord {
    return this.#find(runtimeId);
  }

  /** The line to the runtime, which is started or woken first if need be. Throws Fault("unavailable"). */
  async running(runtimeId: string): Promise<RuntimeLink> {
    const record = this.#find(runtimeId);
    const link = this.#links.get(record.id);
    if (record.state === "running" && link) return link;
    // Two cells that ask at once wait for one start.
    let ensuring = this.#ensuring.get(record.id);
    if (!ensuring) {
      ensuring = this.#ensure(runtimeId).finally(() => this.#ensuring.delete(record.id));
      this.#ensuring.set(record.id, ensuring);
    }
    return ensuring;
  }

  /** The line to the runtime if it lives: woken first if it sleeps; null if there is none. Throws Fault("unavailable"). */
  async awake(runtimeId: string): Promise<RuntimeLink | null> {
    const { state } = this.#find(runtimeId);
    return state === "stopped" || state === "stopping" || state === "failed" ? null : this.running(runtimeId);
  }

  /** The line to the runtime if it runs now, else null. */
  live(runtimeId: string): RuntimeLink | null {
    return this.#links.get(runtimeId);
  }

  /** A way to open connections to what listens in the runtime. Throws Fault("unavailable"). */
  dialer(runtimeId: string): ReturnType<HostAgent["dialer"]> {
    return this.#agent(runtimeId).dialer(runtimeId);
  }

  /** Copies the runtime's state, which goes on, into an archive on its host. One that sleeps is woken. Throws Fault. */
  async copy(input: Copy): Promise<void> {
    await this.running(input.runtimeId);
    // It may be about to fall asleep, which only what is under way knows.
    while (this.isBusy(input.runtimeId)) {
      await this.#world.operations.settled(subjectOf(input.runtimeId));
      await this.running(input.runtimeId);
    }
    await this.#copy(input);
  }

  async stop(runtimeId: string): Promise<void> {
    const record = this.#find(runtimeId);
    if (record.state === "stopped") return;
    this.#world.coldArchives.hurry(runtimeId);
    await this.#stop({ runtimeId, projectId: record.projectId });
  }

  /**
   * Freezes the runtime, so that it costs nothing until somebody needs it. One that does not run is left as it is.
   * Throws Fault("conflict") while a cell runs: nobody would wake it to go on.
   */
  async sleep(runtimeId: string): Promise<void> {
    await this.#world.operations.settled(subjectOf(runtimeId));
    const { state, projectId } = this.#find(runtimeId);
    if (this.#world.executions.hasOpen(runtimeId)) throw new Fault("conflict", "a cell is running; interrupt it first");
    if (state === "running") await this.#sleep({ runtimeId, projectId });
  }

  /**
   * Lets the runtime go on from a snapshot. What it was goes, but not before it goes on. Throws Fault("conflict") while a cell
   * runs, and whatever keeps it from going on; then it is as it was.
   */
  async restore(runtimeId: string, snapshotId: string): Promise<void> {
    await this.sleep(runtimeId);
    const input = { runtimeId, projectId: this.#find(runtimeId).projectId };
    try {
      await this.#wake({ ...input, snapshotId });
    } catch (error) {
      if (this.#find(runtimeId).state === "asleep") await this.#wake(input);
      throw error;
    }
  }

  /** True while an operation has the runtime in hand. */
  isBusy(runtimeId: string): boolean {
    return this.#world.operations.isBusy(subjectOf(runtimeId));
  }

  state(runtimeId: string): RuntimeState {
    return stateOf(this.#find(runtimeId));
  }

  /**
   * Begins to move the runtime to a machine of the tier. If that fails, the runtime is where it was.
   * Throws Fault if it can't begin.
   * @param moveId asked again with the same one, nothing moves twice
   */
  move(runtimeId: string, tierName: string, moveId: string = randomUUID()): MoveState {
    const { moves, tiers } = this.#world;
    const tier = tiers.get(tierName);
    const known = this.moveOf(runtimeId, moveId);
    if (known) return known;
    const { state, projectId, tier: from } = this.#find(runtimeId);
    if (state !== "running") throw new Fault("conflict", `the runtime is ${state}; only a running one can move`);
    if (from === tier.name) throw new Fault("conflict", `the runtime is on ${tier.name} already`);
    const under = moves.ofRuntime(runtimeId);
    if (under) throw new Fault("conflict", `the runtime is being moved to ${under.to} just now`);
    const begun = moves.begin(moveId, runtimeId, from, tier.name);
    this.#move({ moveId, runtimeId, projectId, tier: tier.name }).catch(report(runtimeId));
    return begun;
  }

  /** Moves the runtime, also to another machine of the tier that it has. Resolves when it runs there. Throws Fault. */
  async moveNow(runtimeId: string, tier: string): Promise<void> {
    const { projectId } = this.#find(runtimeId);
    if (this.#world.moves.ofRuntime(runtimeId)) return this.#world.operations.settled(subjectOf(runtimeId));
    await this.#move({ moveId: randomUUID(), runtimeId, projectId, tier });
  }

  /** The move of this id, if it is one of the runtime's. */
  moveOf(runtimeId: string, moveId: string): MoveState | null {
    return this.#world.moves.get(moveId, runtimeId);
  }

  /**
   * Takes up the runtimes after the daemon was started, each when what was under way with it has ended: a frozen one with an
   * unfinished cell goes on with it. Those that run are the reconciler's.
   */
  recover(): void {
    for (const { id } of this.#world.records.all()) this.#recover(id).catch(report(id));
  }

  async #recover(runtimeId: string): Promise<void> {
    await this.#world.operations.settled(subjectOf(runtimeId));
    const record = this.#world.records.find(runtimeId);
    if (!record) return;
    const { state, projectId } = record;
    if (state === "asleep" && this.#world.executions.hasOpen(runtimeId)) await this.#wake({ runtimeId, projectId });
    // Its operation could not be taken up: nothing says how far it came, so the container is given up.
    if (HALF_WAY.has(state) && !this.isBusy(runtimeId)) await this.#lost(record);
  }

  /** Freezes all that runs, so that stopping the platform costs nobody a variable. */
  async sleepAll(): Promise<void> {
    const running = this.#world.records.all().filter((record) => record.state === "running");
    await Promise.all(
      running.map((record) =>
        this.#sleep({ runtimeId: record.id, projectId: record.projectId }).catch(report(record.id)),
      ),
    );
  }

  /** Follows a runtime that should run and is on a host that can be asked; says that it is lost if it does not run. */
  async tend(record: RuntimeRecord): Promise<void> {
    if (this.#links.get(record.id)) return;
    const runs = await this.#agent(record.id).isRuntimeRunning(record.id);
    // While the host was asked, an operation may have taken the runtime in hand.
    if (this.#world.records.find(record.id)?.state !== "running" || this.#links.get(record.id)) return;
    if (runs) await this.#links.follow(record.id);
    else await this.#lost(record);
  }

  /** Called by the reconciler for a runtime that should run and does not. */
  async ended(runtimeId: string): Promise<void> {
    const record = this.#world.records.find(runtimeId);
    if (record?.state === "running") await this.#lost(record);
  }

  /** Called by the reconciler for a host that is up: ends it if its runtime is elsewhere or lost, and not on its way to it. */
  async endIdleHost({ id, runtimeId, state, held }: HostRecord): Promise<void> {
    if (held || state !== "ready" || this.#world.operations.isBusy(subjectOf(runtimeId))) return;
    const record = this.#world.records.find(runtimeId);
    if (record?.hostId !== id || record.state === "failed") await this.#world.hosts.release(id);
  }

  /** Called by the reconciler when a host is gone with all that ran on it. */
  async hostLost(hostId: string): Promise<void> {
    for (const record of this.#world.records.all()) {
      const wasThere = record.state === "running" || (HALF_WAY.has(record.state) && !this.isBusy(record.id));
      if (record.hostId === hostId && wasThere) this.#giveUp(record.id, "its machine was lost");
    }
    await this.#world.hosts.release(hostId);
  }

  /** Resolves when it runs: its memory may follow for a while. Throws Fault. */
  async #wake(input: Wake): Promise<void> {
    const stop = new AbortController();
    const runs = once(this.#awake, input.runtimeId, { signal: stop.signal }).catch(() => {});
    const whole = this.#wakeWhole(input).finally(() => stop.abort());
    whole.catch(report(input.runtimeId));
    await Promise.race([whole, runs.then(() => (stop.signal.aborted ? whole : undefined))]);
  }

  #find(runtimeId: string): RuntimeRecord {
    const record = this.#world.records.find(runtimeId);
    if (!record) throw new Fault("not_found", "no such runtime");
    return record;
  }

  #plan(runtimeId: string, tier: string): RuntimePlan {
    const { projectId } = this.#find(runtimeId);
    const memoryBytes = this.#world.tiers.memoryOf(tier);
    return { runtimeId, projectId, projectFolder: this.folder(runtimeId), memoryBytes };
  }

  #agent(runtimeId: string): HostAgent {
    return this.#world.hosts.agent(this.#world.records.find(runtimeId)?.hostId ?? BASE);
  }

  async #ensure(runtimeId: string): Promise<RuntimeLink> {
    const { operations, coldArchives } = this.#world;
    coldArchives.hurry(runtimeId);
    // What is under way with the runtime comes to its end first: a move or a sleep must not be answered by a fresh start.
    await operations.settled(subjectOf(runtimeId));
    const record = this.#find(runtimeId);
    const input = { runtimeId: record.id, projectId: record.projectId };
    if (record.state === "asleep") {
      try {
        await this.#wake(input);
        this.#world.woken(record.id);
      } catch (error) {
        // One that could not be woken is started anew; one that has no machine just now goes on sleeping.
        if (this.#find(runtimeId).state === "asleep") throw error;
        await this.#start(input);
      }
    } else if (record.isSandbox && record.state !== "running") {
      // What made it a sandbox is gone with its state.
      throw new Fault("conflict", `the sandbox does not run any more: ${record.reason ?? record.state}`);
    } else if (record.state !== "running") await this.#start(input);
    else if (!this.#links.get(record.id)) await this.#links.follow(record.id);
    const link = this.#links.get(record.id);
    if (!link) throw new Fault("unavailable", "the runtime did not start");
    return link;
  }

  async #lost(record: RuntimeRecord): Promise<void> {
    const reason = await this.#agent(record.id).whyRuntimeEnded(record.id);
    this.#links.unfollow(record.id);
    await this.#links.takeRest(record.id);
    await this.#agent(record.id).removeRuntime(record.id);
    this.#giveUp(record.id, reason);
  }

  #giveUp(runtimeId: string, reason: string): void {
    const { records, executions } = this.#world;
    this.#links.unfollow(runtimeId);
    records.setState(runtimeId, "failed", reason);
    // A cell that brings a new one soon takes the reason's place.
    this.#world.lost(runtimeId, reason);
    const epoch = records.find(runtimeId)?.epoch ?? 0;
    executions.closeLost(runtimeId, epoch, `the runtime ended: ${reason}. Its variables are gone.`);
  }

  #operation(kind: string, steps: readonly Step<Input, NoData>[]): OperationKind<Input, NoData> {
    return { kind, input: Input, data: z.object({}), subject: ({ runtimeId }) => subjectOf(runtimeId), steps };
  }

  /** Ends the host that the runtime had, and has it on the base server from now on. */
  async #leaveHost(runtimeId: string): Promise<void> {
    const { records, hosts, tiers } = this.#world;
    const hostId = records.find(runtimeId)?.hostId ?? BASE;
    if (hostId !== BASE) await hosts.release(hostId);
    records.place(runtimeId, BASE, tiers.local.name);
  }

  #startSteps(): Step<Input, NoData>[] {
    const { records, executions, hosts, tiers } = this.#world;
    const agent = hosts.agent(BASE);
    return [
      step("leave the old host", ({ runtimeId }) => this.#leaveHost(runtimeId)),
      step("claim a new epoch", async ({ runtimeId }) => {
        this.#links.unfollow(runtimeId);
        const epoch = records.raiseEpoch(runtimeId);
        executions.closeLost(runtimeId, epoch - 1, "the runtime was started anew. Its variables are gone.");
        records.setLogOffset(runtimeId, 0);
        records.setState(runtimeId, "starting");
      }),
      {
        name: "start the container",
        act: async ({ runtimeId }) => {
          await agent.startRuntime(this.#plan(runtimeId, tiers.local.name));
          records.setLogOffset(runtimeId, 0);
          const link = await this.#links.follow(runtimeId);
          // Whether it began anew or from a template that others were made from: random numbers are its own.
          await link.ask({ op: "renew" }, READY_MS);
          return undefined;
        },
        undo: async ({ runtimeId }, _data, error) => {
          this.#links.unfollow(runtimeId);
          await agent.removeRuntime(runtimeId);
          records.setState(runtimeId, "failed", error.message);
          executions.closeLost(
            runtimeId,
            records.find(runtimeId)?.epoch ?? 0,
            `the runtime did not start: ${error.message}`,
          );
        },
      },
      step("let it run", async ({ runtimeId }) => {
        if (!this.#links.get(runtimeId)) await this.#links.follow(runtimeId);
        records.setState(runtimeId, "running");
      }),
    ];
  }

  #stopSteps(): Step<Input, NoData>[] {
    const { records, executions, hosts } = this.#world;
    const agent = hosts.agent(BASE);
    return [
      step("say so", async ({ runtimeId }) => records.setState(runtimeId, "stopping")),
      step("remove what is there", async ({ runtimeId }) => {
        this.#links.unfollow(runtimeId);
        await this.#leaveHost(runtimeId);
        await agent.removeRuntime(runtimeId);
        await agent.dropArchive(runtimeId);
        await this.#world.coldArchives.discard(runtimeId);
        executions.closeLost(runtimeId, records.find(runtimeId)?.epoch ?? 0, "the runtime was stopped");
        records.setState(runtimeId, "stopped");
      }),
    ];
  }
}

function step(name: string, act: (input: Input) => Promise<void>): Step<Input, NoData> {
  return {
    name,
    act: async (input) => {
      await act(input);
      return undefined;
    },
  };
}

function report(runtimeId: string): (error: unknown) => void {
  return (error) => console.error(`runtime ${runtimeId}: ${error instanceof Error ? error.message : String(error)}`);
}
