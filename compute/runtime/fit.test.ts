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
};

test("a machine that has all the runtime was started with will do, also a newer one", () => {
  expect(whyItDoesNotFit(host, { ...host, cpuFlags: [...host.cpuFlags, "avx512f"], criu: "4.10.0" })).toBeNull();
  expect(whyItDoesNotFit(host, { ...host, criu: "4.2.0" })).toBeNull();
});

test("a kernel newer than the tool broke every restore: it is refused before anything is frozen, at either end", () => {
  const newer = { ...host, kernel: "7.1.0", criuProblem: "Unexpected rt vDSO area bounds" };
  const why = "CRIU 4.2.1 does not get on with the kernel 7.1.0: Unexpected rt vDSO area bounds";
  expect(whyItDoesNotFit(host, newer)).toBe(why);
  expect(whyItDoesNotFit(newer, host)).toBe(why);
});

test.each([
  [{ cpuVendor: "GenuineIntel" }, /GenuineIntel/],
  [{ cpuFlags: ["sse4_2", "avx"] }, /lacks avx2/],
  [{ criu: "4.1.1" }, /CRIU 4.1.1/],
  [{ criu: "3.17" }, /CRIU 3.17/],
  [{ runtimeImage: "other" }, /version of the runtime's image/],
])("a checkpoint from one CPU crashed on another: %o is refused before anything is frozen", (change, why) => {
  expect(whyItDoesNotFit(host, { ...host, ...change })).toMatch(why);
});
