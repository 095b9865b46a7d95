import { expect, test } from "vitest";
import { billOf, type Used } from "./bill.ts";

const at = (text: string) => new Date(`2026-11-${text}Z`);
const used = (from: string, to: string | null, more: Partial<Used> = {}): Used => ({
  project: "waves",
  tier: "t3a.small",
  dollarsPerHour: 0.02,
  from: at(from),
  to: to === null ? null : at(to),
  ...more,
});

test("each project's tiers are added up to the second", () => {
  const bill = billOf(
    [
      used("02T10:00:00", "02T11:30:00"),
      used("03T10:00:00", "03T10:00:30"),
      used("03T12:00:00", "03T13:00:00", { tier: "g5.xlarge", dollarsPerHour: 1 }),
    ],
    at("11T00:00:00"),
  );
  expect(bill.projects).toEqual([
    { project: "waves", tier: "g5.xlarge", seconds: 3600, dollars: 1, running: false },
    { project: "waves", tier: "t3a.small", seconds: 5430, dollars: 0.0302, running: false },
  ]);
  expect(bill.dollars).toBe(1.0302);
  // Ten of thirty days are over.
  expect(bill.forecastDollars).toBeCloseTo(3 * 1.0302, 3);
  // The largest machine, from 2 November 10:00 to 11 November: 206 hours.
  expect(bill.alwaysOnDollars).toBe(206);
});

test("what still runs counts until now, and what began last month from the first", () => {
  const bill = billOf([used("01T00:00:00", null, { from: new Date("2026-10-31T00:00:00Z") })], at("01T02:00:00"));
  expect(bill.projects).toEqual([{ project: "waves", tier: "t3a.small", seconds: 7200, dollars: 0.04, running: true }]);
});

test("each day has what ran in it, and one that is not over what has run until now", () => {
  const { days } = billOf(
    [used("02T22:00:00", "03T01:00:00"), used("04T12:00:00", null, { dollarsPerHour: 1 })],
    at("04T18:00:00"),
  );
  expect(days).toEqual([
    { date: "2026-11-01", dollars: 0 },
    { date: "2026-11-02", dollars: 0.04 },
    { date: "2026-11-03", dollars: 0.02 },
    { date: "2026-11-04", dollars: 6 },
  ]);
});

test("nothing used costs nothing, and what ended last month is no part of this one", () => {
  const before = used("01T00:00:00", "01T00:00:00", { from: new Date("2026-10-01T00:00:00Z") });
  expect(billOf([], at("15T00:00:00"))).toMatchObject({ projects: [], dollars: 0, forecastDollars: 0 });
  expect(billOf([before], at("15T00:00:00")).projects).toEqual([]);
});
