import { stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { isDriverLibrary, numberOf } from "./shelf.ts";

test.each([
  ["libcuda.so.580.95.05"],
  ["libcuda.so.1"],
  ["libcuda.so"],
  ["libnvidia-ptxjitcompiler.so.1"],
  ["libnvidia-ml.so.1"],
  ["libcudadebugger.so.1"],
])("a runtime gets %s of the driver, which computes", (name) => {
  expect(isDriverLibrary(name)).toBe(true);
});

test.each([["libcudart.so.12"], ["libnvidia-glcore.so.580.95.05"], ["libnvidia-egl-wayland.so.1"], ["libc.so.6"]])(
  "%s is the toolkit's, or draws, and a runtime does not get it",
  (name) => {
    expect(isDriverLibrary(name)).toBe(false);
  },
);

test("a device has the number that the kernel gave it", async () => {
  expect(numberOf((await stat("/dev/null")).rdev)).toEqual({ major: 1, minor: 3 });
  // nvidia-uvm has a major number above 255 on most machines, some have a minor one.
  expect(numberOf((0x1f4 << 8) | 1)).toEqual({ major: 500, minor: 1 });
  expect(numberOf((195 << 8) | 0xff)).toEqual({ major: 195, minor: 255 });
  expect(numberOf((10 << 8) | 0x34 | (0x12 << 20))).toEqual({ major: 10, minor: 0x1234 });
});
