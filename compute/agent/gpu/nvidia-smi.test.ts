import { expect, test } from "vitest";
import { parseGpus, parseProcesses } from "./nvidia-smi.ts";

const MIB = 1024 * 1024;

test("each GPU is a line: name, driver, memory and use", () => {
  expect(parseGpus("NVIDIA A10G, 580.95.05, 23028, 412, 37\nNVIDIA A10G, 580.95.05, 23028, 0, 0\n")).toEqual([
    { name: "NVIDIA A10G", driver: "580.95.05", total: 23028 * MIB, used: 412 * MIB, utilisation: 37 },
    { name: "NVIDIA A10G", driver: "580.95.05", total: 23028 * MIB, used: 0, utilisation: 0 },
  ]);
});

test("what a GPU does not say is not zero", () => {
  expect(parseGpus("NVIDIA GH200 480GB, 550.54.14, [N/A], [Not Supported], [N/A]")).toMatchObject([
    { total: null, used: null, utilisation: null },
  ]);
  expect(parseProcesses("4711, [N/A]\n4712, 518\n")).toEqual([
    { pid: 4711, bytes: null },
    { pid: 4712, bytes: 518 * MIB },
  ]);
});

test("no GPU and no process are no lines", () => {
  expect(parseGpus("No devices were found\n")).toEqual([]);
  expect(parseProcesses("")).toEqual([]);
});

test.each([
  ["Failed to initialize NVML: Driver/library version mismatch"],
  ["NVIDIA A10G, , 23028, 0, 0"],
  ["NVIDIA A10G, 580.95.05, 23028"],
])("%j is refused instead of being read as a GPU", (text) => {
  expect(() => parseGpus(text)).toThrow(/makes no sense/);
});
