/** What a host does for the daemon: in the daemon's own process on the base server, over the network on any other. */
import type { Duplex, Readable } from "node:stream";

/** Where the project's folder stands in its runtime: tracebacks and `os.getcwd()` show it, so it is short and the same on every host. */
export const PROJECT_MOUNT = "/project";

export interface RuntimePlan {
  readonly runtimeId: string;
  readonly projectId: string;
  /** Absolute path on the host. */
  readonly projectFolder: string;
  readonly memoryBytes: number;
}

/** A container of ours, as the host reports it. */
export interface Found {
  readonly containerId: string;
  readonly running: boolean;
  readonly role:
    | { readonly kind: "runtime"; readonly runtimeId: string }
    | { readonly kind: "editor"; readonly ownerId: string }
    | null;
}

/** What decides whether a runtime that was frozen on one host can go on on another. */
export interface HostFacts {
  readonly cpuVendor: string;
  readonly cpuFlags: string[];
  /** Versions, as `4.2.1`. */
  readonly criu: string;
  readonly kernel: string;
  /** Id of the image that runtimes are made from. */
  readonly runtimeImage: string;
  /** Bytes. */
  readonly memory: number;
  /** Whether memory can follow a runtime that goes on already: CRIU's lazy pages, the kernel's userfaultfd. */
  readonly lazyPages: boolean;
  /** What CRIU finds missing when it tries itself out on this kernel, or null. */
  readonly criuProblem: string | null;
  readonly gpu: GpuFacts | null;
}

export interface GpuFacts {
  /** Of each GPU, as its driver calls it: `NVIDIA A10G`. */
  readonly names: readonly string[];
  /** Version of the driver, as `580.95.05`. */
  readonly driver: string;
  /** Whether a process that uses the GPU can be taken off it, frozen and brought back: cuda-checkpoint. */
  readonly suspends: boolean;
}

/** For the author of a runtime that has to stay where it is. */
export const CANT_LEAVE_GPU =
  "it has state on the GPU, and its machine lacks cuda-checkpoint (driver 570 or later) to take that along; restart the session to free the GPU";

/** What a GPU does now. Sizes are bytes; null is what it does not say. */
export interface GpuUse {
  readonly name: string;
  readonly total: number | null;
  readonly used: number | null;
  /** Percent of the last second in which something was computed. */
  readonly utilisation: number | null;
}

/** Of a runtime in which something has loaded the GPU's driver: it can only go where the same driver and GPU are. */
export interface CudaState {
  /** That it has on the GPU: none as long as it has no context. */
  readonly bytes: number;
}

/** An archive's size, and the machine that the runtime was frozen on. */
export interface ArchiveFacts extends HostFacts {
  readonly bytes: number;
}

export interface CopyPlan {
  readonly files: CopiedFiles | null;
  /** Whether the archive is kept. One that is used at once and not kept is ready sooner. */
  readonly lasts: boolean;
}

/** A copy of a folder, made after what was there had been noted. Paths are absolute on the host. */
export interface CopiedFiles {
  readonly from: string;
  readonly to: string;
  readonly note: string;
}

/** Of a runtime that goes on already: `lost` if a page of it can't be had any more, and then it has been ended. */
export type MemoryState = "coming" | "here" | "lost";

/** What a host and the runtimes on it use now. Sizes are bytes. */
export interface Measurement {
  readonly memory: { readonly total: number; readonly available: number };
  /** Of the file system that containers write to. */
  readonly disk: { readonly total: number; readonly free: number };
  /** When a spot instance will be taken, once that has been said. */
  readonly interruptionMs: number | null;
  readonly gpus: readonly GpuUse[];
  readonly runtimes: readonly {
    readonly runtimeId: string;
    /** Without what the system could drop. */
    readonly used: number;
    readonly limit: number;
    /** Milliseconds of processor time so far. */
    readonly processorMs: number;
    readonly paused: boolean;
    readonly cuda: CudaState | null;
  }[];
}

export interface HostAgent {
  measure(): Promise<Measurement>;
  facts(): Promise<HostFacts>;
  /** Makes a project's folder be there, at the path that it has on the base server. */
  mountProject(projectFolder: string): Promise<void>;
  /** All containers of markco's on this host, known to the journal or not. */
  containers(): Promise<Found[]>;
  removeContainer(containerId: string): Promise<void>;

  /** Starts a fresh runtime; whatever was left of an earlier one goes first. */
  startRuntime(plan: RuntimePlan): Promise<void>;
  removeRuntime(runtimeId: string): Promise<void>;
  isRuntimeRunning(runtimeId: string): Promise<boolean>;
  /** Bytes that the runtime uses now, without what the system could drop. Throws Fault("unavailable") if it does not run. */
  runtimeMemory(runtimeId: string): Promise<number>;
  /** Null if nothing in the runtime has loaded a GPU's driver. Throws Fault("unavailable") if the runtime is not there. */
  runtimeCuda(runtimeId: string): Promise<CudaState | null>;
  /** Changes how many bytes the runtime may use, while it runs. Throws Fault("conflict") if it uses more. */
  limitRuntime(runtimeId: string, bytes: number): Promise<void>;
  /** Stops the runtime's processes where they are, and lets them go on. One that is in that state already is fine. */
  pauseRuntime(runtimeId: string): Promise<void>;
  resumeRuntime(runtimeId: string): Promise<void>;
  /** Why a runtime that should run does not, in words for its author. */
  whyRuntimeEnded(runtimeId: string): Promise<string>;

  /**
   * Freezes a running runtime into an archive of its own id, which is on disk when this returns. The runtime is stopped then.
   * What it has said from `logOffset` on is in the archive. Throws Fault("conflict") before anything is frozen if it has state on
   * a GPU that can't come along.
   */
  freezeRuntime(runtimeId: string, logOffset: number): Promise<void>;
  /**
   * Makes an archive of a running runtime, which goes on. What it has said is not in it. A copy of its files is brought up to
   * the same moment.
   */
  copyRuntime(runtimeId: string, archiveId: string, plan: CopyPlan): Promise<void>;
  /**
   * Lets a runtime go on from an archive; whatever was left of an earlier one goes first. Resolves when it runs: its memory may
   * follow, and until `memoryState` says that it is here the archive must stay.
   */
  restoreRuntime(plan: RuntimePlan, archiveId: string): Promise<void>;
  /** Null if the host has no whole archive of that id. A runtime's own has the runtime's id. */
  archive(archiveId: string): Promise<ArchiveFacts | null>;
  /** Throws Fault("not_found"). */
  readArchive(archiveId: string): Promise<Readable>;
  /**
   * Puts an archive from another place, as `readArchive` gives it, on this host's disk. Throws Fault("unavailable") if it was
   * damaged on its way.
   */
  writeArchive(archiveId: string, content: Readable): Promise<void>;
  dropArchive(archiveId: string): Promise<void>;
  /** Puts an archive that can't be restored where nothing finds it but an operator, who may still bring it back. */
  setArchiveAside(archiveId: string): Promise<void>;

  // A handover: the runtime goes on on another host as soon as all but its memory is there (offers.ts, arrivals.ts). `key` is a
  // PEM of a key and its certificate, made for this handover alone: who has it may read the runtime's memory.
  /** At the target: makes the runtime's container, not started; whatever was left of an earlier one goes first. */
  prepareRuntime(plan: RuntimePlan, key: string): Promise<void>;
  /** At the source: what the runtime has written outside of its mounts so far. */
  readRuntimeFiles(runtimeId: string): Promise<Readable>;
  /** At the target: takes that, and makes all that is around a process. */
  expectRuntime(runtimeId: string, files: Readable): Promise<void>;
  /**
   * At the source: freezes the runtime and serves its memory at the port returned. It runs on if this throws. What it has said
   * from `logOffset` on is a part of its state.
   */
  offerRuntime(runtimeId: string, key: string, logOffset: number): Promise<number>;
  /** At the source: all of the frozen runtime's state but memory. */
  readRuntimeState(runtimeId: string): Promise<Readable>;
  writeRuntimeState(runtimeId: string, state: Readable): Promise<void>;
  /** At the target: lets it go on. Resolves when it runs; if it throws, nothing of it has run. */
  takeRuntime(runtimeId: string, address: string, port: number): Promise<void>;
  /** At the target, after that. */
  memoryState(runtimeId: string): Promise<MemoryState>;
  /** At the source: lets it go on there after all. One that was not offered is left as it is. */
  withdrawRuntime(runtimeId: string): Promise<void>;

  /** The bytes of all the runtime has said, from `from` on. Throws Fault("unavailable") if there is no such container. */
  runtimeLog(runtimeId: string, from: number, following: AbortSignal | null): Promise<AsyncIterable<Buffer>>;
  runtimeStdin(runtimeId: string): Promise<Duplex>;
  /** A way to open connections to what listens in the runtime, on its loopback too. Throws Fault("unavailable"). */
  dialer(runtimeId: string): Promise<(port: number) => Duplex>;
}
