/**
 * Runtimes of projects: started on first use, kept across restarts of the daemon, frozen when the platform stops.
 *
 *   stopped ─► starting ─► running ─► checkpointing ─► asleep ─► waking ─► running
 *                 └► failed ◄┘└─────► stopping ─► stopped           └► failed
 */
import { z } from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { linesOf } from "../agent/container-log.ts";
import type { HostAgent } from "../agent/host-agent.ts";
import type { Executions } from "../executions/executions.ts";
import type { Journal } from "../journal/journal.ts";
import type { OperationKind, Operations, Step } from "../journal/operations.ts";
import type { Project, Projects } from "../projects/projects.ts";
import { type LinkSink, parseLines, RuntimeLink } from "./link.ts";
import type { RuntimeRecord, RuntimeRecords } from "./records.ts";
import { takeLines } from "./take-lines.ts";

const READY_MS = 30_000;

const Input = z.object({ runtimeId: z.uuid(), projectId: z.uuid() });
type Input = z.infer<typeof Input>;
/** A restored supervisor does not say `ready` again, so only a fresh one is waited for. */
type NoData = Record<string, never>;

export interface RuntimesWorld {
  readonly journal: Journal;
  readonly operations: Operations;
  readonly records: RuntimeRecords;
  readonly executions: Executions;
  readonly projects: Projects;
  readonly agent: HostAgent;
  readonly memoryBytes: number;
}

export class Runtimes {
  readonly #world: RuntimesWorld;
  readonly #links = new Map<string, RuntimeLink>();
  readonly #ensuring = new Map<string, Promise<RuntimeLink>>();
  readonly #start: (input: Input) => Promise<void>;
  readonly #stop: (input: Input) => Promise<void>;
  readonly #sleep: (input: Input) => Promise<void>;
  readonly #wake: (input: Input) => Promise<void>;

  constructor(world: RuntimesWorld) {
    this.#world = world;
    this.#start = world.operations.define(this.#operation("runtime-start", this.#startSteps()));
    this.#stop = world.operations.define(this.#operation("runtime-stop", this.#stopSteps()));
    this.#sleep = world.operations.define(this.#operation("runtime-sleep", this.#sleepSteps()));
    this.#wake = world.operations.define(this.#operation("runtime-wake", this.#wakeSteps()));
  }

  record(project: Project): RuntimeRecord {
    return this.#world.records.ofProject(project.id);
  }

  /** The line to the project's runtime, which is started or woken first if need be. Throws Fault("unavailable"). */
  async running(project: Project): Promise<RuntimeLink> {
    const record = this.record(project);
    const link = this.#links.get(record.id);
    if (record.state === "running" && link && !link.closed) return link;
    // Two cells that ask at once wait for one start.
    let ensuring = this.#ensuring.get(record.id);
    if (!ensuring) {
      ensuring = this.#ensure(record).finally(() => this.#ensuring.delete(record.id));
      this.#ensuring.set(record.id, ensuring);
    }
    return ensuring;
  }

  /** The line to the runtime if it lives: woken first if it sleeps; null if there is none. Throws Fault("unavailable"). */
  async awake(project: Project): Promise<RuntimeLink | null> {
    const { state } = this.record(project);
    return state === "running" || state === "asleep" || state === "waking" ? this.running(project) : null;
  }

  /** The line to the runtime if it runs now, else null. */
  live(project: Project): RuntimeLink | null {
    const link = this.#links.get(this.record(project).id);
    return link && !link.closed ? link : null;
  }

  async stop(project: Project): Promise<void> {
    const record = this.record(project);
    if (record.state === "stopped") return;
    await this.#stop({ runtimeId: record.id, projectId: project.id });
  }

  /**
   * Takes up the runtimes after the daemon was started: those that go on are followed, those that are gone are said to be,
   * and frozen ones with an unfinished cell go on with it.
   */
  async recover(): Promise<void> {
    for (const record of this.#world.records.all()) {
      const input = { runtimeId: record.id, projectId: record.projectId };
      if (record.state === "running") {
        if (await this.#world.agent.isRuntimeRunning(record.id)) await this.#follow(record.id);
        else await this.#lost(record);
      } else if (record.state === "asleep" && this.#world.executions.hasOpen(record.id)) {
        await this.#wake(input).catch(report(record.id));
      } else if (
        record.state === "checkpointing" ||
        record.state === "stopping" ||
        record.state === "starting" ||
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

  /** Called by the reconciler for a runtime that should run and does not. */
  async ended(runtimeId: string): Promise<void> {
    const record = this.#world.records.find(runtimeId);
    if (record?.state === "running") await this.#lost(record);
  }

  async #ensure(record: RuntimeRecord): Promise<RuntimeLink> {
    const input = { runtimeId: record.id, projectId: record.projectId };
    if (record.state === "asleep") await this.#wake(input).catch(() => this.#start(input));
    else if (record.state !== "running") await this.#start(input);
    else await this.#follow(record.id);
    const link = this.#links.get(record.id);
    if (!link) throw new Fault("unavailable", "the runtime did not start");
    return link;
  }

  async #lost(record: RuntimeRecord): Promise<void> {
    const reason = await this.#world.agent.whyRuntimeEnded(record.id);
    this.#unfollow(record.id);
    await this.#takeRest(record.id);
    await this.#world.agent.removeRuntime(record.id);
    this.#world.records.setState(record.id, "failed", reason);
    this.#world.executions.closeLost(record.id, record.epoch, `the runtime ended: ${reason}. Its variables are gone.`);
  }

  /** What a runtime said last, before its container goes: the lines in front of a crash are the ones that explain it. */
  async #takeRest(runtimeId: string): Promise<void> {
    const { take } = this.#sink(runtimeId);
    const from = this.#world.records.find(runtimeId)?.logOffset ?? 0;
    const log = await this.#world.agent.runtimeLog(runtimeId, from, null).catch(() => null);
    if (log === null) return;
    try {
      for await (const { lines, offset } of linesOf(log, from)) take(parseLines(runtimeId, lines), offset);
    } catch (error) {
      report(runtimeId)(error);
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

  async #follow(runtimeId: string): Promise<RuntimeLink> {
    this.#unfollow(runtimeId);
    const { records, agent } = this.#world;
    const link = new RuntimeLink(agent, runtimeId, this.#sink(runtimeId));
    await link.open(records.find(runtimeId)?.logOffset ?? 0);
    this.#links.set(runtimeId, link);
    return link;
  }

  #unfollow(runtimeId: string): void {
    this.#links.get(runtimeId)?.close();
    this.#links.delete(runtimeId);
  }

  #operation(kind: string, steps: readonly Step<Input, NoData>[]): OperationKind<Input, NoData> {
    return { kind, input: Input, data: z.object({}), subject: ({ runtimeId }) => `runtime:${runtimeId}`, steps };
  }

  #startSteps(): Step<Input, NoData>[] {
    const { records, executions, agent, projects, memoryBytes } = this.#world;
    return [
      step("claim a new epoch", async ({ runtimeId }) => {
        this.#unfollow(runtimeId);
        const epoch = records.raiseEpoch(runtimeId);
        executions.closeLost(runtimeId, epoch - 1, "the runtime was started anew. Its variables are gone.");
        records.setLogOffset(runtimeId, 0);
        records.setState(runtimeId, "starting");
      }),
      {
        name: "start the container",
        act: async ({ runtimeId, projectId }) => {
          await agent.startRuntime({
            runtimeId,
            projectId,
            projectFolder: projects.root(projects.get(projectId)),
            memoryBytes,
          });
          // A supervisor that is taken up after a crash has said `ready` long ago: its log is read from the start.
          records.setLogOffset(runtimeId, 0);
          const link = await this.#follow(runtimeId);
          await link.ready(READY_MS);
          return undefined;
        },
        undo: async ({ runtimeId }, _data, error) => {
          this.#unfollow(runtimeId);
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
        if (!this.#links.has(runtimeId)) await this.#follow(runtimeId);
        records.setState(runtimeId, "running");
      }),
    ];
  }

  #stopSteps(): Step<Input, NoData>[] {
    const { records, executions, agent } = this.#world;
    return [
      step("say so", async ({ runtimeId }) => records.setState(runtimeId, "stopping")),
      step("remove what is there", async ({ runtimeId }) => {
        this.#unfollow(runtimeId);
        await agent.removeRuntime(runtimeId);
        await agent.dropArchive(runtimeId);
        executions.closeLost(runtimeId, records.find(runtimeId)?.epoch ?? 0, "the runtime was stopped");
        records.setState(runtimeId, "stopped");
      }),
    ];
  }

  #sleepSteps(): Step<Input, NoData>[] {
    const { records, executions, agent } = this.#world;
    return [
      step("say so", async ({ runtimeId }) => {
        this.#unfollow(runtimeId);
        records.setState(runtimeId, "checkpointing");
      }),
      {
        name: "freeze into an archive",
        act: async ({ runtimeId }) => {
          await agent.freezeRuntime(runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }, _data, error) => {
          if (await agent.isRuntimeRunning(runtimeId)) {
            await agent.dropArchive(runtimeId);
            records.setState(runtimeId, "running");
            await this.#follow(runtimeId);
            return;
          }
          if (await agent.hasArchive(runtimeId)) {
            // It was frozen, and only letting its container go failed: the reconciler does that.
            records.setState(runtimeId, "asleep");
            return;
          }
          await this.#takeRest(runtimeId);
          await agent.removeRuntime(runtimeId);
          records.setState(runtimeId, "failed", `it could not be frozen: ${error.message}`);
          executions.closeLost(
            runtimeId,
            records.find(runtimeId)?.epoch ?? 0,
            "the runtime could not be frozen. Its variables are gone.",
          );
        },
      },
      step("let the container go", async ({ runtimeId }) => {
        await agent.removeRuntime(runtimeId);
        records.setState(runtimeId, "asleep");
      }),
    ];
  }

  #wakeSteps(): Step<Input, NoData>[] {
    const { records, executions, agent } = this.#world;
    return [
      step("claim a new epoch", async ({ runtimeId }) => {
        executions.carryOver(runtimeId, records.raiseEpoch(runtimeId));
        records.setState(runtimeId, "waking");
      }),
      {
        name: "restore the container",
        act: async ({ runtimeId }) => {
          if (await agent.isRuntimeRunning(runtimeId)) return undefined;
          await agent.restoreRuntime(runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }, _data, error) => {
          await agent.removeRuntime(runtimeId);
          await agent.setArchiveAside(runtimeId);
          records.setState(runtimeId, "failed", `it could not be woken: ${error.message}`);
          executions.closeLost(
            runtimeId,
            records.find(runtimeId)?.epoch ?? 0,
            "the runtime could not be woken. Its variables are gone.",
          );
        },
      },
      step("let it run", async ({ runtimeId }) => {
        await this.#follow(runtimeId);
        records.setState(runtimeId, "running");
        // From here on the running container is the only copy that counts.
        await agent.dropArchive(runtimeId);
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
