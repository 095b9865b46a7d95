import { expect, test } from "vitest";
import { type Level, Pressure } from "./pressure.ts";

const GIB = 1024 ** 3;

/** The levels that a second-by-second course of shares of 1 GiB leads to. */
function course(shares: readonly number[]): Level[] {
  const pressure = new Pressure();
  return shares.map((share, i) => pressure.add({ atMs: i * 1000, used: share * GIB }, GIB));
}
const held = (share: number, seconds: number) => Array.from({ length: seconds }, () => share);

test.each([
  [0.49, "calm"],
  [0.5, "pre-provision"],
  [0.75, "migrate"],
  [0.9, "urgent-migrate"],
  [0.95, "critical"],
] as const)("memory that stays at %f is %s", (share, level) => {
  expect(new Set(course(held(share, 20)))).toEqual(new Set([level]));
});

test("a machine that hovers at a threshold does not flap", () => {
  const hovering = Array.from({ length: 40 }, (_, i) => 0.75 + (i % 2 === 0 ? 0.01 : -0.03));
  const levels = course(hovering);
  expect(new Set(levels.slice(1))).toEqual(new Set(["migrate"]));
  expect(course([...hovering, ...held(0.6, 8)]).at(-1)).toBe("pre-provision");
});

test("fast growth is met before its threshold, and slow growth at it", () => {
  const growing = (perSecond: number) => Array.from({ length: 60 }, (_, i) => 0.2 + perSecond * i);
  const firstAt = (level: Level, perSecond: number) => {
    const shares = growing(perSecond);
    return shares[course(shares).indexOf(level)] ?? 1;
  };
  expect(firstAt("migrate", 0.05)).toBeLessThan(0.5);
  expect(firstAt("migrate", 0.002)).toBeGreaterThan(0.7);
  expect(firstAt("pre-provision", 0.05)).toBeLessThan(0.4);
});

test("a small runtime that doubles is not taken for a big one", () => {
  expect(new Set(course([0.02, 0.04, 0.08, 0.1, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12]))).toEqual(new Set(["calm"]));
});
