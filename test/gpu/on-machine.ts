/**
 * One step of try-on-gpu.ts, inside a machine. The runtime runs one cell all the while, which counts: it looks for a GPU, and once
 * there is one keeps random bytes on it and compares them with what it wrote.
 *   on-machine start    on a machine without a GPU: starts the runtime and freezes it
 *   on-machine go-on    on one with a GPU: lets it go on, freezes it and lets it go on again
 */
import { readFile, rename } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { Agent, BASE_SERVER } from "../../compute/agent/agent.ts";
import { findTool } from "../../compute/agent/gpu/shelf.ts";
import { Podman } from "../../compute/podman/podman.ts";
import type { SupervisorRequest } from "../../shared/runtime/wire.ts";

const SHARED = "/shared";
const REPORT = `${SHARED}/project/report`;
const RUNTIME = "00000000-0000-4000-8000-000000000001";
const PATIENCE_MS = 60_000;
const MIB = 1024 * 1024;

const COUNTING = `
import ctypes, json, os, time
BYTES = ${64 * MIB}
cuda = None
step = 0

def call(name, *arguments):
    status = getattr(cuda, name)(*arguments)
    if status != 0:
        raise RuntimeError(f"{name}: {status}")

def has_device():
    try:
        os.close(os.open("/dev/nvidiactl", os.O_RDWR))
        return True
    except OSError:
        return False

with open("/project/report", "a", buffering=1) as report:
    while True:
        step += 1
        state = {"step": step, "device": has_device(), "library": cuda is not None, "same": None, "error": None}
        try:
            if cuda is None and state["device"]:
                cuda = ctypes.CDLL("libcuda.so.1")
                state["library"] = True
                if hasattr(cuda, "cuInit"):
                    device, context, memory = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_uint64()
                    call("cuInit", 0)
                    call("cuDeviceGet", ctypes.byref(device), 0)
                    call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
                    call("cuCtxSetCurrent", context)
                    call("cuMemAlloc_v2", ctypes.byref(memory), ctypes.c_size_t(BYTES))
                    written = os.urandom(BYTES)
                    call("cuMemcpyHtoD_v2", memory, written, ctypes.c_size_t(BYTES))
            if cuda is not None and hasattr(cuda, "cuInit"):
                read = ctypes.create_string_buffer(BYTES)
                call("cuMemcpyDtoH_v2", read, memory, ctypes.c_size_t(BYTES))
                state["same"] = read.raw == written
        except Exception as error:
            state["error"] = str(error)
        report.write(json.dumps(state) + "\\n")
        time.sleep(0.1)
`;

const Step = z.object({
  step: z.int(),
  device: z.boolean(),
  library: z.boolean(),
  /** Null while there is no GPU that computes. */
  same: z.boolean().nullable(),
  error: z.string().nullable(),
});
type Step = z.infer<typeof Step>;

const steps = async (): Promise<Step[]> =>
  (await readFile(REPORT, "utf8").catch(() => ""))
    .split("\n")
    .slice(0, -1)
    .map((line) => Step.parse(JSON.parse(line)));

/** Waits for a step after `from` that is as wanted. Throws with the last one. */
async function untilStep(from: number, what: string, isIt: (step: Step) => boolean): Promise<Step> {
  for (const end = Date.now() + PATIENCE_MS; ; await wait(50)) {
    const all = await steps();
    const found = all.slice(from).find(isIt);
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not in time; the last step is ${JSON.stringify(all.at(-1))}`);
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.log(`  ${what}: ${Math.round(performance.now() - began)} ms`);
  return result;
}

function require(what: string, holds: boolean): void {
  if (!holds) throw new Error(`it does not hold: ${what}`);
  console.log(`  holds: ${what}`);
}

const PLAN = {
  runtimeId: RUNTIME,
  projectId: RUNTIME,
  projectFolder: `${SHARED}/project`,
  memoryBytes: 1024 * MIB,
};

/** Resolves when all of it is there. */
async function restored(agent: Agent): Promise<void> {
  await agent.restoreRuntime(PLAN, RUNTIME);
  while ((await agent.memoryState(RUNTIME)) === "coming") await wait(20);
}

const podman = new Podman("/run/try-on-gpu.sock");
const newAgent = () =>
  new Agent(podman, { runtime: "localhost/markco-runtime:latest", editor: "none" }, `${SHARED}/archives`, BASE_SERVER);

async function start(): Promise<void> {
  const agent = newAgent();
  require("a machine without a driver says that it has no GPU", (await agent.facts()).gpu === null);
  await agent.startRuntime(PLAN);
  const request: SupervisorRequest = {
    ...{ id: "1", op: "execute", exec: RUNTIME, code: COUNTING, silent: false, storeHistory: true, assetDir: null },
    ...{ session: "try", language: "python", cwd: "/project", venv: null },
  };
  (await agent.runtimeStdin(RUNTIME)).write(`${JSON.stringify(request)}\n`);
  await untilStep(0, "the cell counts", ({ step, device }) => step > 3 && !device);
  await timed("freeze on a machine without a GPU", () => agent.freezeRuntime(RUNTIME, 0));
  await agent.removeRuntime(RUNTIME);
}

async function goOn(): Promise<void> {
  const agent = newAgent();
  const { gpu } = await agent.facts();
  console.log(`  GPU: ${JSON.stringify(gpu)}`);
  require("the driver answers, and cuda-checkpoint is there", gpu?.suspends === true);
  let seen = (await steps()).length;
  await timed("go on on the machine with the GPU", () => restored(agent));
  const first = await untilStep(
    seen,
    "the GPU is seen",
    ({ library, device, error }) => (library && device) || error !== null,
  );
  require(`device and library have appeared under the cell (${first.error ?? "no error"})`, first.error === null);
  const computes = (await untilStep(seen + 1, "the next step", ({ library }) => library)).same !== null;
  if (!computes) console.log("  STAND-IN: the library has no function; nothing is computed, and no memory is compared");
  const { gpus, runtimes } = await agent.measure();
  console.log(`  measured: ${JSON.stringify({ gpus, cuda: runtimes[0]?.cuda })}`);
  require("its memory on the GPU is seen", (runtimes[0]?.cuda?.bytes ?? 0) >= 64 * MIB);

  await timed("freeze with what is on the GPU", () => agent.freezeRuntime(RUNTIME, 0));
  seen = (await steps()).length;
  await timed("go on with it", () => restored(agent));
  await agent.limitRuntime(RUNTIME, 2048 * MIB);
  const after = await untilStep(seen + 2, "it counts on", ({ device }) => device);
  require("what it had on the GPU is the same", computes ? after.same === true : after.error === null);
  require("no step is missing and none is there twice", (await steps()).every(({ step }, i) => step === i + 1));

  const tool = await findTool("cuda-checkpoint");
  if (tool === null) throw new Error("cuda-checkpoint has gone");
  await rename(tool, `${tool}.away`);
  const why = await newAgent()
    .freezeRuntime(RUNTIME, 0)
    .then(() => "", String)
    .finally(() => rename(`${tool}.away`, tool));
  require(`without cuda-checkpoint it is refused: ${why}`, /lacks cuda-checkpoint/.test(why));
  seen = (await steps()).length;
  await untilStep(seen, "it runs on", () => true);
  await agent.removeRuntime(RUNTIME);
}

await podman.startService();
try {
  const step = process.argv[2];
  await (step === "start" ? start() : goOn());
  console.log(`${step} is done`);
} catch (error) {
  console.log(`  FAILED: ${error instanceof Error ? error.stack : error}`);
  process.exitCode = 1;
} finally {
  podman.stopService();
}
