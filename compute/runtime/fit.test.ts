import { expect, test } from "vitest";
import type { HostFacts } from "../agent/host-agent.ts";
import { whyItDoesNotFit } from "./fit.ts";

const host: HostFacts = {
  cpuVendor: "AuthenticAMD",
  cpuFlags: ["sse4_2", "avx", "avx2"],
  criu: "4.2.1",
  kernel: "6.12.0",
  runtimeImage: "image",
  memory: 1,
  lazyPages: true,
  criuProblem: null,
  gpu: null,
};

test("a machine that has all the runtime was started with will do, also a newer one", () => {
  expect(whyItDoesNotFit(host, { ...host, cpuFlags: [...host.cpuFlags, "avx512f"], criu: "4.10.0" }, false)).toBeNull();
  expect(whyItDoesNotFit(host, { ...host, criu: "4.2.0" }, false)).toBeNull();
});

test("a kernel newer than the tool broke every restore: it is refused before anything is frozen, at either end", () => {
  const newer = { ...host, kernel: "7.1.0", criuProblem: "Unexpected rt vDSO area bounds" };
  const why = "CRIU 4.2.1 does not get on with the kernel 7.1.0: Unexpected rt vDSO area bounds";
  expect(whyItDoesNotFit(host, newer, false)).toBe(why);
  expect(whyItDoesNotFit(newer, host, false)).toBe(why);
});

test.each([
  [{ cpuVendor: "GenuineIntel" }, /GenuineIntel/],
  [{ cpuFlags: ["sse4_2", "avx"] }, /lacks avx2/],
  [{ criu: "4.1.1" }, /CRIU 4.1.1/],
  [{ criu: "3.17" }, /CRIU 3.17/],
  [{ runtimeImage: "other" }, /version of the runtime's image/],
])("a checkpoint from one CPU crashed on another: %o is refused before anything is frozen", (change, why) => {
  expect(whyItDoesNotFit(host, { ...host, ...change }, false)).toMatch(why);
});

const gpu = { names: ["NVIDIA A10G"], driver: "580.95.05", suspends: true };

test("a runtime that has not loaded a GPU's driver may go to a machine with another GPU, or none", () => {
  expect(whyItDoesNotFit({ ...host, gpu }, host, false)).toBeNull();
  expect(whyItDoesNotFit(host, { ...host, gpu }, false)).toBeNull();
  expect(whyItDoesNotFit({ ...host, gpu: { ...gpu, suspends: false } }, host, false)).toBeNull();
});

test.each([
  [null, /has state on a GPU, and it has none/],
  [{ ...gpu, driver: "570.86.10" }, /driver is 570.86.10, the runtime has loaded 580.95.05/],
  [{ ...gpu, names: ["Tesla T4"] }, /has Tesla T4, the runtime is on NVIDIA A10G/],
  [{ ...gpu, names: ["NVIDIA A10G", "NVIDIA A10G"] }, /the runtime is on NVIDIA A10G$/],
  [{ ...gpu, suspends: false }, /lacks cuda-checkpoint to take that over/],
])("one that has loaded it is refused by a machine with %o before anything is frozen", (there, why) => {
  expect(whyItDoesNotFit({ ...host, gpu }, { ...host, gpu: there }, true)).toMatch(why);
  expect(whyItDoesNotFit({ ...host, gpu }, { ...host, gpu: { ...gpu } }, true)).toBeNull();
});

test("one that has loaded it stays where cuda-checkpoint is missing", () => {
  const here = { ...host, gpu: { ...gpu, suspends: false } };
  expect(whyItDoesNotFit(here, { ...host, gpu }, true)).toMatch(/its machine lacks cuda-checkpoint/);
});
