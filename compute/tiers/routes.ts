/** What there is to run on and what it costs, for people: the table that moves are decided by. */
import type { Plan } from "../../shared/usage.ts";
import type { Route } from "../api/router.ts";
import type { Settings } from "../settings.ts";
import type { Tiers } from "./tiers.ts";

type Terms = Pick<Settings, "EC2_ENDPOINT" | "IDLE_SECONDS" | "SNAPSHOT_QUOTA_BYTES">;

export function planRoute(tiers: Tiers, terms: Terms): Route {
  return { method: "GET", pattern: "/v1/plan", handle: () => planOf(tiers, terms) };
}

export function planOf(tiers: Tiers, { EC2_ENDPOINT, IDLE_SECONDS, SNAPSHOT_QUOTA_BYTES }: Terms): Plan {
  return {
    tiers: tiers.all().map(({ name, instanceType, vcpus, memoryMib, mostMemoryMib, gpu, dollarsPerHour }) => ({
      name,
      isBase: instanceType === null,
      vcpus,
      memoryMib,
      mostMemoryMib: Math.max(memoryMib, mostMemoryMib ?? 0),
      gpu,
      dollarsPerHour,
    })),
    // AWS's own is the one that is not named.
    isLocal: EC2_ENDPOINT !== undefined,
    idleSeconds: IDLE_SECONDS,
    snapshotQuotaBytes: SNAPSHOT_QUOTA_BYTES,
  };
}
