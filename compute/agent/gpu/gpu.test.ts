import { expect, test } from "vitest";
import { Gpu, type GpuWorld } from "./gpu.ts";

const MIB = 1024 * 1024;
const container = { Id: "c", State: { Pid: 100 }, HostConfig: { Memory: 1000 * MIB } } as Parameters<Gpu["away"]>[0];

/**
 * A machine with one GPU, on which process 101 of the container has 300 MiB. `said` is all that was done.
 * @param busy process that the GPU does not let go
 */
function machine(change: Partial<GpuWorld> = {}, busy?: number) {
  const said: string[] = [];
  const world: GpuWorld = {
    smi: {
      gpus: async () => [{ name: "NVIDIA A10G", driver: "580.95.05", total: null, used: null, utilisation: 3 }],
      processes: async () => [
        { pid: 101, bytes: 300 * MIB },
        { pid: 999, bytes: 9000 * MIB },
      ],
    },
    cuda: {
      isThere: async () => true,
      suspend: async (pid) => {
        if (pid === busy) throw new Error("it is busy");
        said.push(`suspend ${pid}`);
      },
      resume: async (pid) => void said.push(`resume ${pid}`),
    },
    hasDriver: async () => true,
    makeShelf: async () => void said.push("make"),
    fillShelf: async () => [{ major: 195, minor: 0 }],
    allow: async (id, devices) => void said.push(`allow ${id} ${devices.map(({ major }) => major)}`),
    holders: async () => [101, 102],
    memory: async () => 200 * MIB,
    ...change,
  };
  return { gpu: new Gpu(world), said };
}
const freeze = (said: string[]) => async () => void said.push("freeze");

test("what uses the GPU is taken off it before the container is frozen, and put back where it goes on", async () => {
  const { gpu, said } = machine();
  await gpu.away(container, freeze(said));
  await gpu.back(container);
  expect(said).toEqual(["make", "suspend 101", "suspend 102", "freeze", "allow c 195", "resume 101", "resume 102"]);
});

test("a limit that is changed takes no device away", async () => {
  const { gpu, said } = machine();
  await gpu.allow(container);
  expect(said).toEqual(["make", "allow c 195"]);
});

test("a container that can't be frozen is put back on the GPU", async () => {
  const { gpu, said } = machine();
  const failing = () => Promise.reject(new Error("CRIU failed"));
  await expect(gpu.away(container, failing)).rejects.toThrow("CRIU failed");
  expect(said).toEqual(["make", "suspend 101", "suspend 102", "resume 101", "resume 102"]);
});

test("a GPU that is too busy to let go leaves the container running, and every process on it", async () => {
  const { gpu, said } = machine({}, 102);
  await expect(gpu.away(container, freeze(said))).rejects.toThrow("it is busy");
  expect(said).toEqual(["make", "suspend 101", "resume 101", "resume 102"]);
});

test.each<[string, Partial<GpuWorld>, RegExp]>([
  ["cuda-checkpoint is missing", { cuda: { ...machineCuda(), isThere: async () => false } }, /lacks cuda-checkpoint/],
  [
    "the GPU's memory has no room in its own",
    { memory: async () => 800 * MIB },
    /300 MiB on the GPU have no room .*200 MiB free/,
  ],
])("nothing is touched where %s", async (_, change, why) => {
  const { gpu, said } = machine(change);
  await expect(gpu.away(container, freeze(said))).rejects.toThrow(why);
  expect(said).toEqual(["make"]);
});

test("a container that has not loaded the driver is frozen as on any machine, also without cuda-checkpoint", async () => {
  const { gpu, said } = machine({ holders: async () => [], cuda: { ...machineCuda(), isThere: async () => false } });
  await gpu.away(container, freeze(said));
  await gpu.requireNone(container);
  expect(said).toEqual(["make", "freeze"]);
});

test("only what the container's own processes have on the GPU is its state", async () => {
  const { gpu } = machine();
  expect(await gpu.cudaOf(container)).toEqual({ bytes: 300 * MIB });
  await expect(gpu.requireNone(container)).rejects.toThrow(/begun to use the GPU/);
  const loaded = machine({ holders: async () => [102] });
  expect(await loaded.gpu.cudaOf(container)).toEqual({ bytes: 0 });
});

test("a machine without a GPU has the folder for one, and nothing else is asked", async () => {
  const never = () => Promise.reject(new Error("asked"));
  const { gpu, said } = machine({ hasDriver: async () => false, holders: never, fillShelf: never, allow: never });
  expect([await gpu.facts(), await gpu.devices(), await gpu.measure()]).toEqual([null, [], []]);
  expect(await gpu.cudaOf(container)).toBeNull();
  await gpu.away(container, freeze(said));
  await gpu.back(container);
  expect(new Set(said)).toEqual(new Set(["make", "freeze"]));
});

test("a GPU whose driver is loaded after the agent has begun is found", async () => {
  let isLoaded = false;
  const { gpu } = machine({ hasDriver: async () => isLoaded });
  expect(await gpu.facts()).toBeNull();
  isLoaded = true;
  expect(await gpu.facts()).toMatchObject({ driver: "580.95.05" });
});

test("a driver that does not answer yet is asked again, and its silence hides no other figure from the monitor", async () => {
  let answers = false;
  const { gpu } = machine({
    smi: {
      gpus: async () => {
        if (!answers) throw new Error("couldn't communicate with the NVIDIA driver");
        return [{ name: "NVIDIA A10G", driver: "580.95.05", total: null, used: null, utilisation: 3 }];
      },
      processes: async () => [],
    },
  });
  expect(await gpu.measure()).toEqual([]);
  await expect(gpu.facts()).rejects.toThrow(/communicate/);
  answers = true;
  expect(await gpu.facts()).toEqual({ names: ["NVIDIA A10G"], driver: "580.95.05", suspends: true });
  expect(await gpu.measure()).toMatchObject([{ utilisation: 3 }]);
});

function machineCuda(): GpuWorld["cuda"] {
  return { isThere: async () => true, suspend: async () => {}, resume: async () => {} };
}
