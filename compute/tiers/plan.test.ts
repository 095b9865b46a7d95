import { expect, test } from "vitest";
import { Plan } from "../../shared/usage.ts";
import { planOf } from "./routes.ts";
import { DEFAULT_TIERS, Tiers } from "./tiers.ts";

const terms = { IDLE_SECONDS: 1200, SNAPSHOT_QUOTA_BYTES: 5_000 };

test("people are told the table that moves are decided by, and which size runs anyway", () => {
  const plan = Plan.parse(planOf(new Tiers(DEFAULT_TIERS), terms));
  expect(plan.tiers.map(({ name }) => name)).toEqual(DEFAULT_TIERS.map(({ name }) => name));
  expect(plan.tiers.filter(({ isBase }) => isBase)).toEqual([
    {
      name: "local",
      isBase: true,
      vcpus: 2,
      memoryMib: 2048,
      mostMemoryMib: 4096,
      gpu: null,
      dollarsPerHour: 0,
    },
  ]);
  expect(plan.tiers.find(({ name }) => name === "t3a.large")?.mostMemoryMib).toBe(8192);
  expect(plan).toMatchObject({ isLocal: false, idleSeconds: 1200, snapshotQuotaBytes: 5_000 });
});

test("machines of another endpoint than AWS's own are stand-ins", () => {
  expect(planOf(new Tiers(DEFAULT_TIERS), { ...terms, EC2_ENDPOINT: "http://127.0.0.1:4000" }).isLocal).toBe(true);
});
