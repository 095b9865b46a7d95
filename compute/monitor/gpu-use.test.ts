import { expect, test } from "vitest";
import { GpuUses } from "./gpu-use.ts";

const gpu = (utilisation: number | null) => [{ name: "NVIDIA A10G", total: 24e9, used: 0, utilisation }];
const MINUTE = 60_000;
const RUNTIME = { id: "r", epoch: 1 };

test("a GPU is idle since it last computed", () => {
  const uses = new GpuUses();
  expect(uses.look(RUNTIME, 0, false, gpu(0))).toBe(0);
  expect(uses.look(RUNTIME, 3 * MINUTE, false, gpu(0))).toBe(3 * MINUTE);
  expect(uses.look(RUNTIME, 4 * MINUTE, false, gpu(12))).toBe(0);
  expect(uses.look(RUNTIME, 9 * MINUTE, false, gpu(0))).toBe(5 * MINUTE);
});

test("a cell that does not want it leaves it idle, however long it computes", () => {
  const uses = new GpuUses();
  uses.look(RUNTIME, 0, true, gpu(0));
  expect(uses.look(RUNTIME, 10 * MINUTE, true, gpu(0))).toBe(10 * MINUTE);
});

test("a cell whose code wants it keeps it until it ends, also while it only reads data", () => {
  const uses = new GpuUses();
  uses.want(RUNTIME, 0);
  expect(uses.look(RUNTIME, 1_000, true, gpu(0))).toBe(0);
  expect(uses.look(RUNTIME, 60 * MINUTE, true, gpu(0))).toBe(0);
  expect(uses.look(RUNTIME, 61 * MINUTE, false, gpu(0))).toBe(MINUTE);
  // The next cell has not asked for it.
  expect(uses.look(RUNTIME, 65 * MINUTE, true, gpu(0))).toBe(5 * MINUTE);
});

test("it is wanted before the cell runs", () => {
  const uses = new GpuUses();
  uses.want(RUNTIME, 0);
  expect(uses.look(RUNTIME, 2_000, false, gpu(0))).toBe(2_000);
  expect(uses.look(RUNTIME, 3_000, true, gpu(0))).toBe(0);
});

test("one that does not say how busy it is, as a part of a GPU, is never called idle", () => {
  const uses = new GpuUses();
  uses.look(RUNTIME, 0, false, gpu(null));
  expect(uses.look(RUNTIME, 60 * MINUTE, false, gpu(null))).toBe(0);
});

test("what was counted before it was moved, woken or started does not count", () => {
  const uses = new GpuUses();
  uses.look(RUNTIME, 0, false, gpu(0));
  expect(uses.look({ ...RUNTIME, epoch: 2 }, 10 * MINUTE, false, gpu(0))).toBe(0);
  expect(uses.look({ ...RUNTIME, epoch: 2 }, 11 * MINUTE, false, gpu(0))).toBe(MINUTE);
});
