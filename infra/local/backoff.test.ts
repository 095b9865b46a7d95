import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Backoff } from "./backoff.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what ends for the first time starts again at once, then after pauses that double up to 8 s", () => {
  const backoff = new Backoff();
  const pauses = Array.from({ length: 8 }, () => {
    backoff.began();
    return backoff.pauseMs();
  });
  expect(pauses).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 8000]);
});

test("what ran for a while before it ended starts again at once", () => {
  const backoff = new Backoff();
  backoff.began();
  backoff.pauseMs();
  backoff.began();
  vi.advanceTimersByTime(31_000);
  expect(backoff.pauseMs()).toBe(0);
});
