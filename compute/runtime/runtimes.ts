/**
 * Runtimes of projects: started on first use, kept across restarts of the daemon, moved between hosts, frozen when nobody
 * uses them or the platform stops.
 *
 *   stopped ─► starting ─► running ─► checkpointing ─► asleep ─► waking ─► running
 *                 └► failed ◄┘│└────► stopping ─► stopped           └► failed
 *                          moving ─► running
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { MoveState, RuntimeState } from "../../shared/daemon/contract.ts";
import { Fault } from "../../shared/daemon/fault.ts";
import type { HostAgent, RuntimePlan } from "../agent/host-agent.ts";
import type { Executions } from "../executions/executions.ts";
import type { Hosts } from "../hosts/hosts.ts";
import { BASE, type HostRecord } from "../hosts/records.ts";
import type { Journal } from "../journal/journal.ts";
import type { OperationKind, Operations, Step } from "../journal/operations.ts";
import type { Project, Projects } from "../projects/projects.ts";
import type { Tiers } from "../tiers/tiers.ts";
import { Input, subjectOf } from "./elastic.ts";
import type { RuntimeLink } from "./link.ts";
import { RuntimeLinks } from "./links.ts";
import { moveOperation } from "./move.ts";
import type { Moves } from "./moves.ts";
import { type RuntimeRecord, type RuntimeRecords, stateOf } from "./records.ts";
import { sleepOperation } from "./sleep.ts";
import { wakeOperation } from "./wake.ts";

const READY_MS = 30_000;

/** A restored supervisor does not say `ready` again, so only a fresh one is waited for. */
type NoData = Record<string, never>;

export interface RuntimesWorld {
  readonly journal: Journal;
  readonly operations: Operations;
  readonly records: RuntimeRecords;
  readonly executions: Executions;
  readonly projects: Projects;
  readonly hosts: Hosts;
  readonly tiers: Tiers;
  readonly moves: Moves;
  /** Told when somebody's need has woken a runtime. */
  readonly woken: (runtimeId: string) => void;
}

export class Runtimes {
  readonly #world: RuntimesWorld;
  readonly #links: RuntimeLinks;
  readonly #ensuring = new Map<string, Promise<RuntimeLink>>();
  readonly #start: (input: Input) => Promise<void>;
  readonly #stop: (input: Input) => Promise<void>;
  readonly #sleep: (input: Input) => Promise<void>;
  readonly #wake: (input: Input) => Promise<void>;
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
      plan: (runtimeId: string, tier: string) => this.#plan(runtimeId, tier),
      giveUp: (runtimeId: string, reason: string) => this.#giveUp(runtimeId, reason),
    };
    this.#sleep = operations.define(sleepOperation(elastic));
    this.#wake = operations.define(wakeOperation(elastic));
    this.#move = operations.define(moveOperation(elastic));
  }

  record(project: Project): RuntimeRecord {
    return this.#world.records.ofProject(project.id);
  }

  /** The line to the project's runtime, which is started or woken first if need be. Throws Fault("unavailable"). */
  async running(project: Project): Promise<RuntimeLink> {
    const record = this.record(project);
    const link = this.#links.get(record.id);
    if (record.state === "running" && link) return link;
    // Two cells that ask at once wait for one start.
    let ensuring = this.#ensuring.get(record.id);
    if (!ensuring) {
      ensuring = this.#ensure(project).finally(() => this.#ensuring.delete(record.id));
      this.#ensuring.set(record.id, ensuring);
    }
    return ensuring;
  }

  /** The line to the runtime if it lives: woken first if it sleeps; null if there is none. Throws Fault("unavailable"). */
  async awake(project: Project): Promise<RuntimeLink | null> {
    const { state } = this.record(project);
    return state === "stopped" || state === "stopping" || state === "failed" ? null : this.running(project);
  }

  /** The line to the runtime if it runs now, else null. */
  live(project: Project): RuntimeLink | null {
    return this.#links.get(this.record(project).id);
  }

  /** A way to open connections to what listens in the runtime. Throws Fault("unavailable"). */
  dialer(project: Project): ReturnType<HostAgent["dialer"]> {
    const { id } = this.record(project);
    return this.#agent(id).dialer(id);
  }

  async stop(project: Project): Promise<void> {
    const record = this.record(project);
    if (record.state === "stopped") return;
    await this.#stop({ runtimeId: record.id, projectId: project.id });
  }

  /**
   * Freezes the runtime, so that it costs nothing until somebody needs it. One that does not run is left as it is.
   * Throws Fault("conflict") while a cell runs: nobody would wake it to go on.
   */
  async sleep(project: Project): Promise<void> {
    await this.#world.operations.settled(subjectOf(this.record(project).id));
    const { id, state } = this.record(project);
    if (this.#world.executions.hasOpen(id)) throw new Fault("conflict", "a cell is running; interrupt it first");
    if (state === "running") await this.#sleep({ runtimeId: id, projectId: project.id });
  }

  /** True while an operation has the runtime in hand. */
  isBusy(runtimeId: string): boolean {
    return this.#world.operations.isBusy(subjectOf(runtimeId));
  }

  state(project: Project): RuntimeState {
    return stateOf(this.record(project));
  }

  /**
   * Begins to move the runtime to a machine of the tier. If that fails, the runtime is where it was.
   * Throws Fault if it can't begin.
   * @param moveId asked again with the same one, nothing moves twice
   */
  move(project: Project, tierName: string, moveId: string = randomUUID()): MoveState {
    const { moves, tiers } = this.#world;
    const tier = tiers.get(tierName);
    const known = this.moveOf(project, moveId);
    if (known) return known;
    const { id, state, tier: from } = this.record(project);
    if (state !== "running") throw new Fault("conflict", `the runtime is ${state}; only a running one can move`);
    if (from === tier.name) throw new Fault("conflict", `the runtime is on ${tier.name} already`);
    const under = moves.ofRuntime(id);
    if (under) throw new Fault("conflict", `the runtime is being moved to ${under.to} just now`);
    const begun = moves.begin(moveId, id, from, tier.name);
    this.#move({ moveId, runtimeId: id, projectId: project.id, tier: tier.name }).catch(report(id));
    return begun;
  }

  /** Moves the runtime, also to another machine of the tier that it has. Resolves when it runs there. Throws Fault. */
  async moveNow(project: Project, tier: string): Promise<void> {
    const { id } = this.record(project);
    if (this.#world.moves.ofRuntime(id)) return this.#world.operations.settled(subjectOf(id));
    await this.#move({ moveId: randomUUID(), runtimeId: id, projectId: project.id, tier });
  }

  /** The move of this id, if it is one of the project's runtime. */
  moveOf(project: Project, moveId: string): MoveState | null {
    return this.#world.moves.get(moveId, this.record(project).id);
  }

  /**
   * Takes up the runtimes after the daemon was started: those that go on are followed, those that are gone are said to be,
   * and frozen ones with an unfinished cell go on with it. Hosts that are not here yet are the reconciler's.
   */
  async recover(): Promise<void> {
    for (const record of this.#world.records.all()) {
      const input = { runtimeId: record.id, projectId: record.projectId };
      if (record.state === "running") {
        if (record.hostId === BASE) await this.tend(record);
      } else if (record.state === "asleep" && this.#world.executions.hasOpen(record.id)) {
        await this.#wake(input).catch(report(record.id));
      } else if (
        record.state === "checkpointing" ||
        record.state === "stopping" ||
        record.state === "starting" ||
        record.state === "moving" ||
        record.state === "waking"
      ) {
        // Its operation could not be taken up: nothing says how far it came, so the container is given up.
        await this.#lost(record);
      }
    }
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

  /** Called by the reconciler for a host that is up: ends it if its runtime is elsewhere, and not on its way to it. */
  async endIdleHost({ id, runtimeId, state, held }: HostRecord): Promise<void> {
    if (held || state !== "ready" || this.#world.operations.isBusy(subjectOf(runtimeId))) return;
    if (this.#world.records.find(runtimeId)?.hostId !== id) await this.#world.hosts.release(id);
  }

  /** Called by the reconciler when a host is gone with all that ran on it. */
  async hostLost(hostId: string): Promise<void> {
    for (const record of this.#world.records.all()) {
      if (record.hostId !== hostId || record.state !== "running") continue;
      this.#giveUp(record.id, "its machine was lost");
    }
    await this.#world.hosts.release(hostId);
  }

  #find(runtimeId: string): RuntimeRecord {
    const record = this.#world.records.find(runtimeId);
    if (!record) throw new Fault("not_found", "no such runtime");
    return record;
  }

  #plan(runtimeId: string, tier: string): RuntimePlan {
    const { projects, tiers } = this.#world;
    const { projectId } = this.#find(runtimeId);
    const projectFolder = projects.root(projects.get(projectId));
    return { runtimeId, projectId, projectFolder, memoryBytes: tiers.memoryOf(tier) };
  }

  #agent(runtimeId: string): HostAgent {
    return this.#world.hosts.agent(this.#world.records.find(runtimeId)?.hostId ?? BASE);
  }

  async #ensure(project: Project): Promise<RuntimeLink> {
    const { operations } = this.#world;
    // What is under way with the runtime comes to its end first: a move or a sleep must not be answered by a fresh start.
    await operations.settled(subjectOf(this.record(project).id));
    const record = this.record(project);
    const input = { runtimeId: record.id, projectId: record.projectId };
    if (record.state === "asleep") {
      try {
        await this.#wake(input);
        this.#world.woken(record.id);
      } catch (error) {
        // One that could not be woken is started anew; one that has no machine just now goes on sleeping.
        if (this.record(project).state === "asleep") throw error;
        await this.#start(input);
      }
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
          // A supervisor that is taken up after a crash has said `ready` long ago: its log is read from the start.
          records.setLogOffset(runtimeId, 0);
          const link = await this.#links.follow(runtimeId);
          await link.ready(READY_MS);
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
