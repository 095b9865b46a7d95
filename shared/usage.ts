/** What a person uses of the platform, and what it offers. */
import * as z from "zod";
import { RuntimeState } from "./daemon/contract.ts";

/** What a person's own projects hold at this moment, as the edge has heard of it. GET /api/usage. */
export const InUse = z.object({
  projects: z.array(
    z.object({
      projectId: z.uuid(),
      slug: z.string(),
      /** Null where none was ever started. */
      runtime: RuntimeState.pick({ state: true, tier: true }).nullable(),
      snapshots: z.object({ count: z.int(), bytes: z.int() }),
    }),
  ),
});
export type InUse = z.infer<typeof InUse>;
export type ProjectInUse = InUse["projects"][number];

/** What everybody's runtimes can have here, and what that costs whoever runs the platform. GET /api/plan, which the daemon answers. */
export const Plan = z.object({
  /** From small to big. */
  tiers: z.array(
    z.object({
      name: z.string(),
      /** The base server itself: it runs anyway. */
      isBase: z.boolean(),
      vcpus: z.int(),
      memoryMib: z.int(),
      /** Up to which a runtime grows without moving. */
      mostMemoryMib: z.int(),
      gpu: z.string().nullable(),
      /** In US dollars. */
      dollarsPerHour: z.number(),
    }),
  ),
  /** True where machines are stand-ins on one computer, which nobody is paid for. */
  isLocal: z.boolean(),
  /** A runtime that nobody uses sleeps after this long, and its machine ends. */
  idleSeconds: z.int(),
  /** Of each project, all its snapshots together. */
  snapshotQuotaBytes: z.int(),
});
export type Plan = z.infer<typeof Plan>;
