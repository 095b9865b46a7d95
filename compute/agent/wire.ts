/** What daemon and agent say to each other over HTTP/2: calls with their arguments in JSON, and streams. */
import * as z from "zod";

/** Bytes in flight: archives and logs go over the same connection as calls, and neither waits for the other. */
export const WINDOW_BYTES = { stream: 4 * 1024 * 1024, session: 32 * 1024 * 1024 } as const;

const runtimeId = z.uuid();
/** Also of what no runtime has any more. It becomes a name on disk. */
const archiveId = z.uuid();
export const RuntimePlan = z.object({
  runtimeId,
  projectId: z.uuid(),
  projectFolder: z.string(),
  memoryBytes: z.int(),
});

export const Found = z.object({
  containerId: z.string(),
  running: z.boolean(),
  role: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("runtime"), runtimeId }),
      z.object({ kind: z.literal("editor"), ownerId: z.uuid() }),
    ])
    .nullable(),
});

const bytesOrNull = z.number().nullable();
const CudaState = z.object({ bytes: z.number() });

export const HostFacts = z.object({
  cpuVendor: z.string(),
  cpuFlags: z.array(z.string()),
  criu: z.string(),
  kernel: z.string(),
  runtimeImage: z.string(),
  memory: z.int(),
  lazyPages: z.boolean(),
  criuProblem: z.string().nullable().default(null),
  // Archives that were made before there were GPUs have none.
  gpu: z
    .object({ names: z.array(z.string()).readonly(), driver: z.string(), suspends: z.boolean() })
    .nullable()
    .default(null),
});

export const Measurement = z.object({
  memory: z.object({ total: z.number(), available: z.number() }),
  disk: z.object({ total: z.number(), free: z.number() }),
  interruptionMs: z.number().nullable(),
  gpus: z.array(
    z.object({ name: z.string(), total: bytesOrNull, used: bytesOrNull, utilisation: z.number().nullable() }),
  ),
  runtimes: z.array(
    z.object({
      runtimeId,
      used: z.number(),
      limit: z.number(),
      processorMs: z.number(),
      paused: z.boolean(),
      cuda: CudaState.nullable(),
    }),
  ),
});

const CopyPlan = z.object({
  files: z.object({ from: z.string(), to: z.string(), note: z.string() }).nullable(),
  lasts: z.boolean(),
});

/** POST /call/<name>: the arguments as a JSON array, answered by the result in JSON. */
export const CALLS = {
  facts: { takes: z.tuple([]), gives: HostFacts },
  measure: { takes: z.tuple([]), gives: Measurement },
  mountProject: { takes: z.tuple([z.string()]), gives: z.null() },
  containers: { takes: z.tuple([]), gives: z.array(Found) },
  removeContainer: { takes: z.tuple([z.string()]), gives: z.null() },
  startRuntime: { takes: z.tuple([RuntimePlan]), gives: z.null() },
  removeRuntime: { takes: z.tuple([runtimeId]), gives: z.null() },
  isRuntimeRunning: { takes: z.tuple([runtimeId]), gives: z.boolean() },
  whyRuntimeEnded: { takes: z.tuple([runtimeId]), gives: z.string() },
  freezeRuntime: { takes: z.tuple([runtimeId, z.int().min(0)]), gives: z.null() },
  copyRuntime: { takes: z.tuple([runtimeId, archiveId, CopyPlan]), gives: z.null() },
  restoreRuntime: { takes: z.tuple([RuntimePlan, archiveId]), gives: z.null() },
  archive: { takes: z.tuple([archiveId]), gives: HostFacts.extend({ bytes: z.int() }).nullable() },
  runtimeMemory: { takes: z.tuple([runtimeId]), gives: z.number() },
  runtimeCuda: { takes: z.tuple([runtimeId]), gives: CudaState.nullable() },
  limitRuntime: { takes: z.tuple([runtimeId, z.int()]), gives: z.null() },
  pauseRuntime: { takes: z.tuple([runtimeId]), gives: z.null() },
  resumeRuntime: { takes: z.tuple([runtimeId]), gives: z.null() },
  dropArchive: { takes: z.tuple([archiveId]), gives: z.null() },
  setArchiveAside: { takes: z.tuple([archiveId]), gives: z.null() },
  prepareRuntime: { takes: z.tuple([RuntimePlan, z.string()]), gives: z.null() },
  offerRuntime: { takes: z.tuple([runtimeId, z.string(), z.int().min(0)]), gives: z.int() },
  takeRuntime: { takes: z.tuple([runtimeId, z.string(), z.int()]), gives: z.null() },
  memoryState: { takes: z.tuple([runtimeId]), gives: z.enum(["coming", "here", "lost"]) },
  withdrawRuntime: { takes: z.tuple([runtimeId]), gives: z.null() },
} as const;
export type CallName = keyof typeof CALLS;

/**
 * Streams of bytes, by their query. `log`, `archive`, `files` and `state` come from the agent; `store`, `expect` and `restore`
 * go to it; the others go both ways.
 */
export const STREAMS = {
  log: z.object({ runtimeId, from: z.coerce.number().int().min(0), follow: z.enum(["yes", "no"]) }),
  archive: z.object({ archiveId }),
  store: z.object({ archiveId }),
  files: z.object({ runtimeId }),
  expect: z.object({ runtimeId }),
  state: z.object({ runtimeId }),
  restore: z.object({ runtimeId }),
  stdin: z.object({ runtimeId }),
  dial: z.object({ runtimeId, port: z.coerce.number().int().min(1).max(65535) }),
} as const;
export type StreamName = keyof typeof STREAMS;

/** POST /join at the daemon's door, once: a one-time token, and the request to have the host's key signed (PKCS #10, PEM). */
export const JoinRequest = z.object({ token: z.string().min(32).max(100), request: z.string().max(10_000) });
export const Joined = z.object({ certificate: z.string() });

/** User data of an instance: what its agent needs to find the daemon and to be let in. */
export const Invitation = z.object({
  /** `address:port` of the daemon's door. */
  daemon: z.string(),
  /** `address:port` of the projects' files. */
  share: z.string(),
  /** PEM. Whoever shows no certificate of this authority is not the daemon. */
  authority: z.string(),
  token: z.string(),
});
export type Invitation = z.infer<typeof Invitation>;
