/** The agent of a machine: drives its Podman and CRIU. The base server's is in the daemon's process and has the editors, too. */
import { execFile } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { promisify } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";
import type { ContainerSpec, Inspected, Podman } from "../podman/podman.ts";
import { Archives } from "./archive.ts";
import { Arrivals } from "./arrivals.ts";
import { memoryInUse, processorMs } from "./cgroup.ts";
import { bringUpToDate } from "./container-files.ts";
import { readLog } from "./container-log.ts";
import { dialInside } from "./dial.ts";
import { hostFacts } from "./facts.ts";
import { freeze, isFrozenInto, leave } from "./freeze.ts";
import { Gpu } from "./gpu/gpu.ts";
import { SHELF, SHELF_MOUNT } from "./gpu/shelf.ts";
import {
  type ArchiveFacts,
  type CopyPlan,
  type CudaState,
  type Found,
  type HostAgent,
  type HostFacts,
  type Measurement,
  type MemoryState,
  PROJECT_MOUNT,
  type RuntimePlan,
} from "./host-agent.ts";
import { measureMachine } from "./machine.ts";
import * as offers from "./offers.ts";
import { mountShare } from "./share.ts";
import { Template } from "./template.ts";
import { Turns } from "./turns.ts";

const run = promisify(execFile);
const PROCESSES = 1024;
const EDITOR_MEMORY_BYTES = 256 * 1024 * 1024;

export interface EditorPlan {
  readonly ownerId: string;
  /** The owner's folder and the folder of its sockets, absolute on the host. */
  readonly userFolder: string;
  readonly socketFolder: string;
}

export interface Machine {
  /** `address:port` of the projects' files; null on the base server, which has them. */
  readonly share: string | null;
  /** When the machine will be taken, once that has been said. */
  interruptionMs(): number | null;
}

/** The base server: nobody takes it. */
export const BASE_SERVER: Machine = { share: null, interruptionMs: () => null };

export class Agent implements HostAgent {
  readonly #podman: Podman;
  readonly #archivesFolder: string;
  readonly #archives: Archives;
  /** Open connections into runtimes. */
  readonly #connections = new Map<string, Set<Duplex>>();
  readonly #images: { readonly runtime: string; readonly editor: string };
  readonly #machine: Machine;
  readonly #arrivals: Arrivals;
  readonly #template: Template;
  /** The archives that runtimes were restored from and that have not been compared with what they were. By runtime. */
  readonly #unverified = new Map<string, string>();
  /** Whether they are, once that is known. */
  readonly #verifying = new Map<string, Promise<boolean>>();
  /**
   * What a daemon that has died asked for may still be under way when the next one asks again: then that waits, and finds it
   * done.
   */
  readonly #turns = new Turns();
  readonly #gpu = new Gpu();

  /** @param archives folder for archives of frozen runtimes */
  constructor(podman: Podman, images: { runtime: string; editor: string }, archives: string, machine: Machine) {
    this.#podman = podman;
    this.#machine = machine;
    this.#archivesFolder = archives;
    this.#archives = new Archives(archives);
    this.#arrivals = new Arrivals(podman);
    this.#template = new Template({
      podman,
      archives: this.#archives,
      folder: archives,
      facts: () => this.facts(),
      create: (...what) => this.#createAs(...what),
    });
    this.#images = images;
  }

  async facts(): Promise<HostFacts> {
    return hostFacts(await this.#podman.imageId(this.#images.runtime), await this.#gpu.facts());
  }

  async measure(): Promise<Measurement> {
    const found = (await this.containers()).filter(({ role }) => role?.kind === "runtime");
    const [machine, gpus, runtimes] = await Promise.all([
      measureMachine(this.#archivesFolder),
      this.#gpu.measure(),
      Promise.all(found.map(({ containerId, role }) => this.#measure(containerId, role))),
    ]);
    return {
      ...machine,
      gpus,
      interruptionMs: this.#machine.interruptionMs(),
      runtimes: runtimes.filter((one) => one !== null),
    };
  }

  /** Null for a container that does not run, or ends while it is looked at. */
  async #measure(containerId: string, role: Found["role"]): Promise<Measurement["runtimes"][number] | null> {
    const container = await this.#podman.inspect(containerId);
    const { State, HostConfig } = container ?? {};
    if (!container || role?.kind !== "runtime" || !State?.Pid || !HostConfig) return null;
    const { runtimeId } = role;
    try {
      const [used, spent, cuda] = await Promise.all([
        memoryInUse(State.Pid),
        processorMs(State.Pid),
        this.#gpu.measureCuda(container),
      ]);
      return { runtimeId, used, limit: HostConfig.Memory, processorMs: spent, paused: State.Status === "paused", cuda };
    } catch {
      return null;
    }
  }

  async mountProject(projectFolder: string): Promise<void> {
    if (this.#machine.share !== null) await mountShare(this.#machine.share, projectFolder);
  }

  async containers(): Promise<Found[]> {
    const found = (await this.#podman.list()).filter(({ labels }) => !this.#template.owns(labels));
    return found.map(({ id, state, labels }) => {
      const runtimeId = labels["markco.runtime"];
      const ownerId = labels["markco.editor"];
      return {
        containerId: id,
        running: state === "running",
        role: runtimeId ? { kind: "runtime", runtimeId } : ownerId ? { kind: "editor", ownerId } : null,
      };
    });
  }

  startRuntime(plan: RuntimePlan): Promise<void> {
    return this.#turns.of(plan.runtimeId, () => this.#startRuntime(plan));
  }

  async #startRuntime(plan: RuntimePlan): Promise<void> {
    const { id } = this.#template;
    if (id !== null) {
      try {
        // It is small, and no more than one that is lazily fetched.
        return await this.#restore(plan, id, false);
      } catch (error) {
        console.error(`agent: the template can't be restored: ${error instanceof Error ? error.message : error}`);
      }
    }
    await this.#remove(plan.runtimeId);
    await this.#podman.start(await this.#create(plan));
  }

  /** Makes what new runtimes start from. Until it is there they start without. */
  async makeTemplate(): Promise<void> {
    await this.#template.make();
  }

  #create({ runtimeId, projectId, projectFolder, memoryBytes }: RuntimePlan): Promise<string> {
    const labels = { "markco.runtime": runtimeId, "markco.project": projectId };
    const hostName = hostNameOf(runtimeId);
    return this.#createAs(
      { name: runtimeName(runtimeId), labels, hostName, workDir: PROJECT_MOUNT },
      projectFolder,
      memoryBytes,
    );
  }

  /** What can be restored into each other's place is made alike: mounts and network stand in CRIU's images. */
  async #createAs(
    who: Pick<ContainerSpec, "name" | "labels" | "hostName" | "workDir">,
    projectFolder: string,
    memory: number,
  ): Promise<string> {
    return this.#podman.create({
      ...who,
      image: this.#images.runtime,
      env: {},
      mounts: [{ source: projectFolder, target: PROJECT_MOUNT }],
      devices: { numbers: await this.#gpu.devices(), source: SHELF, target: SHELF_MOUNT },
      network: "bridge",
      readOnly: false,
      memory,
      pids: PROCESSES,
    });
  }

  freezeRuntime(runtimeId: string, logOffset: number): Promise<void> {
    return this.#turns.of(runtimeId, () => this.#freezeRuntime(runtimeId, logOffset));
  }

  async #freezeRuntime(runtimeId: string, logOffset: number): Promise<void> {
    // Asked again after a crash: the archive in its place is whole, and what it froze does not run any more.
    if ((await this.archive(runtimeId)) && !(await this.#isRunning(runtimeId))) return;
    const draft = this.#archives.draft(runtimeId);
    if (!(await isFrozenInto(draft))) {
      const container = await this.#container(runtimeId);
      await leave(draft, container);
      await this.resumeRuntime(runtimeId);
      this.#hangUp(runtimeId);
      await this.#gpu.away(container, () => freeze(draft, container, { logOffset }));
    }
    await this.#archives.finish(runtimeId, await this.facts(), true);
  }

  copyRuntime(runtimeId: string, archiveId: string, { files, lasts }: CopyPlan): Promise<void> {
    return this.#turns.of(runtimeId, async () => {
      const draft = this.#archives.draft(archiveId);
      const container = await this.#container(runtimeId);
      await leave(draft, container);
      const meanwhile = async () => {
        if (files) await bringUpToDate(files.from, files.to, files.note);
      };
      // One that was paused for want of memory is paused again by whoever watches it.
      await this.resumeRuntime(runtimeId);
      await this.#gpu.away(container, () => freeze(draft, container, { meanwhile }));
      await this.#gpu.back(container);
      await this.#archives.finish(archiveId, await this.facts(), lasts);
    });
  }

  restoreRuntime(plan: RuntimePlan, archiveId: string): Promise<void> {
    return this.#turns.of(plan.runtimeId, async () => {
      const { lazyPages } = await this.facts();
      await this.#archives.requireWhole(archiveId);
      const restore = () => this.#restore(plan, archiveId, lazyPages);
      // CRIU may have been killed, for want of memory for one. What it refuses for good it refuses twice.
      await restore().catch(restore);
      this.#unverified.set(plan.runtimeId, archiveId);
    });
  }

  async #restore(plan: RuntimePlan, archiveId: string, lazily: boolean): Promise<void> {
    const { runtimeId } = plan;
    await this.#remove(runtimeId);
    await this.#create(plan);
    const container = await this.#container(runtimeId);
    await this.#arrivals.restore(runtimeId, container, this.#archives.at(archiveId), lazily);
    const restored = await this.#container(runtimeId);
    await this.#gpu.back(restored);
    // A copy has the host name of what it was copied from.
    await run("nsenter", ["--target", String(restored.State.Pid), "--uts", "hostname", hostNameOf(runtimeId)]);
  }

  archive(archiveId: string): Promise<ArchiveFacts | null> {
    return this.#archives.facts(archiveId);
  }

  readArchive(archiveId: string): Promise<Readable> {
    return this.#archives.read(archiveId);
  }

  writeArchive(archiveId: string, content: Readable): Promise<void> {
    return this.#archives.write(archiveId, content);
  }

  dropArchive(archiveId: string): Promise<void> {
    return this.#archives.drop(archiveId);
  }

  setArchiveAside(archiveId: string): Promise<void> {
    return this.#archives.setAside(archiveId);
  }

  removeRuntime(runtimeId: string): Promise<void> {
    this.#connections.delete(runtimeId);
    return this.#turns.of(runtimeId, () => this.#remove(runtimeId));
  }

  async #remove(runtimeId: string): Promise<void> {
    await this.#arrivals.forget(runtimeId);
    const found = await this.#podman.inspect(runtimeName(runtimeId));
    if (!found) return;
    await offers.end(runtimeId, found.Id);
    await this.#podman.remove(found.Id);
  }

  /** The other ends of its connections would wait in the old network for an answer that comes no more. */
  #hangUp(runtimeId: string): void {
    for (const connection of this.#connections.get(runtimeId) ?? []) connection.destroy();
  }

  prepareRuntime(plan: RuntimePlan, key: string): Promise<void> {
    return this.#turns.of(plan.runtimeId, async () => {
      await this.#remove(plan.runtimeId);
      await this.#create(plan);
      await this.#arrivals.prepare(plan.runtimeId, await this.#container(plan.runtimeId), key);
    });
  }

  readRuntimeFiles(runtimeId: string): Promise<Readable> {
    return this.#turns.of(runtimeId, async () => offers.readFiles(runtimeId, await this.#container(runtimeId)));
  }

  expectRuntime(runtimeId: string, files: Readable): Promise<void> {
    return this.#turns.of(runtimeId, () => this.#arrivals.expect(runtimeId, files));
  }

  offerRuntime(runtimeId: string, key: string, logOffset: number): Promise<number> {
    return this.#turns.of(runtimeId, async () => {
      const container = await this.#container(runtimeId);
      await this.#gpu.requireNone(container);
      await this.resumeRuntime(runtimeId);
      this.#hangUp(runtimeId);
      return offers.offer(runtimeId, container, key, logOffset);
    });
  }

  readRuntimeState(runtimeId: string): Promise<Readable> {
    return this.#turns.of(runtimeId, () => offers.readState(runtimeId));
  }

  writeRuntimeState(runtimeId: string, state: Readable): Promise<void> {
    return this.#turns.of(runtimeId, () => this.#arrivals.write(runtimeId, state));
  }

  takeRuntime(runtimeId: string, address: string, port: number): Promise<void> {
    return this.#turns.of(runtimeId, async () => {
      // Asked again after a crash of the daemon: it may run already. While it is expected Podman can't be asked.
      if (!this.#arrivals.isExpected(runtimeId) && (await this.#isRunning(runtimeId))) return;
      await this.#arrivals.take(runtimeId, address, port);
    });
  }

  memoryState(runtimeId: string): Promise<MemoryState> {
    return this.#turns.of(runtimeId, async () => {
      const state = await this.#arrivals.memory(runtimeId);
      const archiveId = this.#unverified.get(runtimeId);
      if (state !== "here" || archiveId === undefined) return state;
      // Only now: whoever woke it had something to do, and all of the archive has just been read.
      const verified =
        this.#verifying.get(runtimeId) ??
        this.#archives.verify(archiveId).then(
          () => true,
          () => false,
        );
      this.#verifying.set(runtimeId, verified);
      // Others who ask for the runtime meanwhile shall not wait for that.
      const isSound = await Promise.race([verified, null]);
      if (isSound === null) return "coming";
      this.#verifying.delete(runtimeId);
      this.#unverified.delete(runtimeId);
      if (isSound) return "here";
      await this.#remove(runtimeId);
      return "lost";
    });
  }

  withdrawRuntime(runtimeId: string): Promise<void> {
    return this.#turns.of(runtimeId, async () => {
      const found = await this.#podman.inspect(runtimeName(runtimeId));
      if (found) await offers.withdraw(runtimeId, found);
    });
  }

  /** Throws Fault("unavailable"). */
  async #container(runtimeId: string): Promise<Inspected> {
    const found = await this.#podman.inspect(runtimeName(runtimeId));
    if (!found) throw new Fault("unavailable", "the runtime is not on this host");
    return found;
  }

  isRuntimeRunning(runtimeId: string): Promise<boolean> {
    return this.#turns.of(runtimeId, () => this.#isRunning(runtimeId));
  }

  async #isRunning(runtimeId: string): Promise<boolean> {
    const status = (await this.#podman.inspect(runtimeName(runtimeId)))?.State.Status;
    return status === "running" || status === "paused";
  }

  async runtimeMemory(runtimeId: string): Promise<number> {
    const pid = (await this.#podman.inspect(runtimeName(runtimeId)))?.State.Pid ?? 0;
    if (pid === 0) throw new Fault("unavailable", "the runtime does not run");
    return memoryInUse(pid);
  }

  async runtimeCuda(runtimeId: string): Promise<CudaState | null> {
    return this.#gpu.cudaOf(await this.#container(runtimeId));
  }

  async limitRuntime(runtimeId: string, bytes: number): Promise<void> {
    await this.#podman.limitMemory(runtimeName(runtimeId), bytes);
    await this.#gpu.allow(await this.#container(runtimeId));
  }

  async pauseRuntime(runtimeId: string): Promise<void> {
    if (await this.#isRunning(runtimeId)) await this.#podman.pause(runtimeName(runtimeId));
  }

  async resumeRuntime(runtimeId: string): Promise<void> {
    const found = await this.#podman.inspect(runtimeName(runtimeId));
    if (found?.State.Status === "paused") await this.#podman.unpause(runtimeName(runtimeId));
  }

  async whyRuntimeEnded(runtimeId: string): Promise<string> {
    const found = await this.#podman.inspect(runtimeName(runtimeId));
    if (!found) return "its machine was restarted";
    if (found.State.OOMKilled) return "it was out of memory";
    return `its main process ended with status ${found.State.ExitCode}`;
  }

  async runtimeLog(runtimeId: string, from: number, following: AbortSignal | null): Promise<AsyncIterable<Buffer>> {
    const container = await this.#container(runtimeId);
    return readLog(container.HostConfig.LogConfig.Path, from, following);
  }

  runtimeStdin(runtimeId: string): Promise<Duplex> {
    return this.#podman.attachStdin(runtimeName(runtimeId));
  }

  /** Each by a small process inside its network namespace, which ends with the connection. */
  async dialer(runtimeId: string): Promise<(port: number) => Duplex> {
    const pid = (await this.#podman.inspect(runtimeName(runtimeId)))?.State.Pid ?? 0;
    if (pid === 0) throw new Fault("unavailable", "the runtime does not run");
    return (port) => {
      const connection = dialInside(pid, port);
      const open = this.#connections.get(runtimeId) ?? new Set();
      this.#connections.set(runtimeId, open.add(connection));
      connection.once("close", () => open.delete(connection));
      return connection;
    };
  }

  /** Starts an owner's editor container; whatever was left of an earlier one goes first. */
  async startEditor(plan: EditorPlan): Promise<void> {
    const name = editorName(plan.ownerId);
    await this.#podman.remove(name);
    await this.#podman.create({
      name,
      image: this.#images.editor,
      labels: { "markco.editor": plan.ownerId },
      env: {},
      mounts: [
        { source: plan.userFolder, target: "/data" },
        { source: plan.socketFolder, target: "/run/markco" },
      ],
      workDir: "/",
      network: "none",
      readOnly: true,
      memory: EDITOR_MEMORY_BYTES,
      pids: 128,
    });
    await this.#podman.start(name);
  }

  removeContainer(containerId: string): Promise<void> {
    return this.#podman.remove(containerId);
  }
}

/** The same on every host. */
const hostNameOf = (runtimeId: string) => runtimeId.slice(0, 8);
const runtimeName = (runtimeId: string) => `markco-runtime-${runtimeId}`;
const editorName = (ownerId: string) => `markco-editor-${ownerId}`;
