/**
 * The way to a GPU and back, on machines with a stand-in for its driver (infra/local/ec2/stand-in-gpu): that the right things are
 * done at the right time. test/gpu/try-on-gpu.sh asks the same of a real one.
 */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { api, ec2, eventually, markco, runtimeView } from "./platform.ts";

const place = inject("platform");
const REFUSED = /lacks cuda-checkpoint \(driver 570 or later\)/;

/** What a program that looks for a GPU finds, in a process of its own: what a kernel has loaded keeps it where the GPU is. */
const LOOK = `
import ctypes, os, subprocess, sys
kept = globals().get("kept") or os.urandom(8).hex()
looks = """
import ctypes, os
for name, look in (("library", lambda: ctypes.CDLL("libcuda.so.1")), ("device", lambda: os.open("/dev/nvidia0", os.O_RDWR))):
    try:
        look()
        print(name, "is there")
    except OSError:
        print(name, "is missing")
"""
print(subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True).stdout, end="")
print("tool", subprocess.run("nvidia-smi || echo is missing", shell=True, capture_output=True, text=True).stdout)
print("kept", kept)
`;
/** The parse sees that a GPU is wanted, so it waits for one. */
const WANT = `class Model:
    def cuda(self): pass
Model().cuda()
`;
const HOLD = `import ctypes
held = ctypes.CDLL("libcuda.so.1")
print("held")
`;
const STEPS = `print(open("/var/tmp/stand-in-cuda.log").read().split(), "kept", kept, "held" in globals())`;

let projectId = "";
let kept = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "gpu-"));
  await writeFile(join(root, "mrmd.md"), "# GPU\n");
  projectId = JSON.parse((await markco(place, "import", root, "--name", "gpu", "--json")).stdout).projectId;
});

const run = async (code: string) => (await markco(place, "mrp", "gpu", code)).stdout;
const move = (tier: string) => markco(place, "move", "gpu", tier, "--json");
const stop = () => api(place, `/api/projects/${projectId}/runtime/stop`, { method: "POST" });
const refusal = ({ stdout }: { stdout: string }): string => JSON.parse(stdout).error.message;
const tier = async () => (await runtimeView(place, projectId)).tier;
const state = async () => (await runtimeView(place, projectId)).state;
const gpuMachines = async () =>
  (await ec2(place)).filter(({ type, state }) => type === "g5.xlarge" && state === "running");
const noMachine = async () => (await ec2(place)).every(({ state }) => state === "terminated");
const signals = async () =>
  (await runtimeView(place, projectId)).signals.map(({ name, detail }) => `${name}: ${detail}`);

test("a GPU appears under a kernel that has looked for one before: its device, its library and its tool, by their usual names", async () => {
  const before = await run(LOOK);
  expect(before).toMatch(/library is missing\ndevice is missing\ntool is missing/);
  kept = /kept (\w+)/.exec(before)?.[1] ?? "none";
  expect(await run(WANT + LOOK)).toMatch(
    new RegExp(`library is there\ndevice is there\ntool GPU 0: NVIDIA A10G \\(STAND-IN.*\n\nkept ${kept}`),
  );
  expect(await tier()).toBe("g5.xlarge");
  expect((await gpuMachines()).length).toBe(1);
});

test("not used for a while, the runtime goes back to a machine without one, and the GPU's machine is gone", async () => {
  await eventually("it is back", 60_000, async () => (await tier()) === "local" && (await state()) === "running");
  expect(await signals()).toContainEqual(expect.stringMatching(/^gpu-idle: its GPU was not used for \d+ s$/));
  await eventually("no machine is left", 30_000, noMachine);
  expect(await run(LOOK)).toMatch(new RegExp(`library is missing\ndevice is missing\ntool is missing\n\nkept ${kept}`));
});

test("what a program has on the GPU keeps the runtime there, and its author is told", async () => {
  expect((await move("g5.xlarge")).status).toBe(0);
  expect(await run(HOLD)).toBe("held\n");
  await eventually("it is said", 60_000, async () =>
    (await signals()).find((line) => /a program still holds it/.test(line)),
  );
  expect(refusal(await move("local"))).toMatch(/has state on a GPU, and it has none; restart the session/);
  expect(await tier()).toBe("g5.xlarge");
});

test("it sleeps with what is on the GPU and wakes where there is one: cuda-checkpoint takes it off and brings it back", async () => {
  expect(JSON.parse((await markco(place, "sleep", "gpu", "--json")).stdout)).toMatchObject({ state: "asleep" });
  await eventually("no machine is left", 30_000, noMachine);
  expect(await run(STEPS)).toBe(`['lock', 'checkpoint', 'restore', 'unlock'] kept ${kept} True\n`);
  expect(await tier()).toBe("g5.xlarge");
  expect(await run(WANT + LOOK)).toMatch(/library is there\ndevice is there/);
});

test("it moves to another machine with the same GPU and driver, and to none with another driver", async () => {
  await ec2(place, { do: "fail", faults: { gpuDriver: "590.44.01" } });
  const [here] = await gpuMachines();
  expect(here).toBeDefined();
  await ec2(place, { do: "interrupt", instanceId: here?.id, afterMs: 600_000 });
  await eventually("a machine is refused", 90_000, async () => (await gpuMachines()).length === 2);
  await eventually("it is ended", 60_000, async () => (await gpuMachines()).length === 1);
  expect((await gpuMachines())[0]?.id).toBe(here?.id);
  await ec2(place, { do: "fail", faults: {} });
  await eventually("it has moved", 120_000, async () => (await gpuMachines()).every(({ id }) => id !== here?.id));
  expect(await run(STEPS)).toContain(
    `'restore', 'unlock', 'lock', 'checkpoint', 'restore', 'unlock'] kept ${kept} True`,
  );
});

test("where cuda-checkpoint is missing, a move and a sleep are refused before anything is frozen", async () => {
  await stop();
  await eventually("no machine is left", 60_000, noMachine);
  await ec2(place, { do: "fail", faults: { gpuDriver: "550.54.14" } });
  await run(LOOK);
  expect((await move("g5.xlarge")).status).toBe(0);
  await run(`${HOLD}mine = 7`);
  expect(refusal(await move("local"))).toMatch(REFUSED);
  expect(refusal(await markco(place, "sleep", "gpu", "--json"))).toMatch(REFUSED);
  expect(await state()).toBe("running");
  expect(await run("print(mine, held is not None)")).toBe("7 True\n");
  await ec2(place, { do: "fail", faults: {} });
  await stop();
  await eventually("no machine is left", 60_000, noMachine);
});
