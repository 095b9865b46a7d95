/**
 * The GPU of a machine as its agent deals with it: what it is, who uses it, and how a runtime gets off it and on again. On a
 * machine without one every question has an answer, and nothing is done.
 */
import { readFile } from "node:fs/promises";
import { Fault } from "../../../shared/daemon/fault.ts";
import type { Inspected } from "../../podman/podman.ts";
import { exists } from "../../projects/folders.ts";
import { memoryInUse, processesOf } from "../cgroup.ts";
import { CANT_LEAVE_GPU, type CudaState, type GpuFacts, type GpuUse } from "../host-agent.ts";
import { allowDevices } from "./allow-devices.ts";
import { type CudaCheckpoint, cudaCheckpoint } from "./cuda-checkpoint.ts";
import { type GpuProcess, type GpuState, type NvidiaSmi, nvidiaSmi } from "./nvidia-smi.ts";
import { type DeviceNumber, fillShelf, findTool, makeShelf } from "./shelf.ts";

/** The driver's tool takes a part of a second: what is only watched is asked no more often. */
const WATCH_MS = 5_000;

type Container = Pick<Inspected, "Id" | "State" | "HostConfig">;

export interface GpuWorld {
  readonly smi: NvidiaSmi;
  readonly cuda: CudaCheckpoint;
  /** False where there is no driver that could be asked. */
  hasDriver(): Promise<boolean>;
  /** Makes the folder that runtimes see the driver in, empty. */
  makeShelf(): Promise<void>;
  /** Puts the driver there. */
  fillShelf(): Promise<DeviceNumber[]>;
  /** Lets a container that runs use them. */
  allow(containerId: string, devices: readonly DeviceNumber[]): Promise<void>;
  /** The processes in the container that have loaded the driver. @param pid of its first one */
  holders(pid: number): Promise<number[]>;
  /** Bytes of memory that the container uses. @param pid of its first process */
  memory(pid: number): Promise<number>;
}

interface Said {
  readonly gpus: readonly GpuState[];
  readonly processes: readonly GpuProcess[];
}

interface Driver {
  readonly facts: GpuFacts;
  readonly devices: readonly DeviceNumber[];
}

export class Gpu {
  readonly #world: GpuWorld;
  #driver: Promise<Driver | null> | null = null;
  #seen: { readonly atMs: number; readonly said: Promise<Said> } | null = null;

  constructor(world: GpuWorld = MACHINE) {
    this.#world = world;
  }

  /** Null without a GPU. Throws Fault("unavailable") if there is one and its driver does not answer. */
  async facts(): Promise<GpuFacts | null> {
    return (await this.#known())?.facts ?? null;
  }

  /** What a runtime must be allowed here. The folder that it mounts is there when this returns. */
  async devices(): Promise<readonly DeviceNumber[]> {
    return (await this.#known())?.devices ?? [];
  }

  /** For the monitor: some seconds old, and empty if the driver does not answer, since it watches more than GPUs. */
  async measure(): Promise<GpuUse[]> {
    const { gpus } = await this.#watched();
    return gpus.map(({ name, total, used, utilisation }) => ({ name, total, used, utilisation }));
  }

  /** For the monitor, as `measure`. */
  async measureCuda(container: Container): Promise<CudaState | null> {
    const holders = await this.#holders(container);
    return holders.length === 0 ? null : stateOf(holders, (await this.#watched()).processes);
  }

  /** Null if nothing in the container has loaded the driver. */
  async cudaOf(container: Container): Promise<CudaState | null> {
    const holders = await this.#holders(container);
    return holders.length === 0 ? null : stateOf(holders, await this.#world.smi.processes());
  }

  /** None where there is no driver that they could have loaded. */
  async #holders({ State }: Container): Promise<number[]> {
    return State.Pid === 0 || (await this.#known().catch(() => null)) === null ? [] : this.#world.holders(State.Pid);
  }

  async #watched(): Promise<Said> {
    const nothing: Said = { gpus: [], processes: [] };
    if ((await this.#known().catch(() => null)) === null) return nothing;
    const now = Date.now();
    if (this.#seen === null || now - this.#seen.atMs > WATCH_MS) {
      const { smi } = this.#world;
      const asked = Promise.all([smi.gpus(), smi.processes()]).then(([gpus, processes]) => ({ gpus, processes }));
      const said = asked.catch((error: Error) => {
        console.error(`agent: ${error.message}`);
        return nothing;
      });
      this.#seen = { atMs: now, said };
    }
    return this.#seen.said;
  }

  /** Throws Fault("conflict") if something in the container has loaded the driver: CRIU alone can't freeze that. */
  async requireNone(container: Container): Promise<void> {
    if ((await this.cudaOf(container)) !== null) {
      throw new Fault("conflict", "the runtime has begun to use the GPU just now");
    }
  }

  /**
   * Takes a container off the GPU while `work` freezes it, and puts it back if that fails. What it has on the GPU is in its own
   * memory meanwhile. Throws Fault("conflict") before anything has happened if that can't be.
   */
  async away<T>(container: Container, work: () => Promise<T>): Promise<T> {
    const cuda = await this.cudaOf(container);
    if (cuda === null) return work();
    if (!(await this.facts())?.suspends) throw new Fault("conflict", CANT_LEAVE_GPU);
    const { Pid } = container.State;
    const room = container.HostConfig.Memory - (await this.#world.memory(Pid));
    if (cuda.bytes > room) {
      const mib = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
      throw new Fault(
        "conflict",
        `its ${mib(cuda.bytes)} MiB on the GPU have no room in its memory (${mib(room)} MiB free)`,
      );
    }
    const holders = await this.#holders(container);
    try {
      for (const holder of holders) await this.#world.cuda.suspend(holder);
      return await work();
    } catch (error) {
      for (const holder of holders) {
        await this.#world.cuda.resume(holder).catch((failure: Error) => console.error(`agent: ${failure.message}`));
      }
      throw error;
    }
  }

  /** Lets a container use the GPU here, again after a limit was changed: Podman has put its own rules back with that. */
  async allow({ Id }: Pick<Container, "Id">): Promise<void> {
    const devices = await this.devices();
    if (devices.length > 0) await this.#world.allow(Id, devices);
  }

  /** Lets a container that has come in an archive use the GPU, and puts it on it if it was taken off one. */
  async back(container: Container): Promise<void> {
    await this.allow(container);
    for (const holder of await this.#holders(container)) await this.#world.cuda.resume(holder);
  }

  #known(): Promise<Driver | null> {
    // Only one that is there is remembered: it may still be loading.
    const forget = () => {
      this.#driver = null;
    };
    if (this.#driver === null) {
      this.#driver = this.#look();
      this.#driver.then((driver) => driver ?? forget(), forget);
    }
    return this.#driver;
  }

  async #look(): Promise<Driver | null> {
    const world = this.#world;
    await world.makeShelf();
    const [first, ...others] = (await world.hasDriver()) ? await world.smi.gpus() : [];
    if (!first) return null;
    const names = [first, ...others].map(({ name }) => name);
    const [devices, suspends] = await Promise.all([world.fillShelf(), world.cuda.isThere()]);
    return { facts: { names, driver: first.driver, suspends }, devices };
  }
}

function stateOf(holders: readonly number[], processes: readonly GpuProcess[]): CudaState {
  const contexts = processes.filter(({ pid }) => holders.includes(pid));
  return { bytes: contexts.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
}

const MACHINE: GpuWorld = {
  smi: nvidiaSmi,
  cuda: cudaCheckpoint,
  async hasDriver() {
    // One image is for all machines, so the tool may be there without a GPU. Its kernel module is not; that can be seen in a
    // machine that is a container, too, which has no tool then.
    const isLoaded = (await exists("/dev/nvidiactl")) || (await exists("/proc/driver/nvidia/version"));
    return isLoaded && (await findTool("nvidia-smi")) !== null;
  },
  makeShelf,
  fillShelf,
  allow: allowDevices,
  memory: memoryInUse,
  async holders(pid) {
    const processes = await processesOf(pid);
    const maps = await Promise.all(processes.map((one) => readFile(`/proc/${one}/maps`, "utf8").catch(() => "")));
    return processes.filter((_, i) => maps[i]?.includes("/libcuda.so"));
  },
};
