/** What the endpoint can be told to do wrong, by POST /_control on the machine's loopback. */
import * as z from "zod";

export const Faults = z.object({
  /** From the call until the machine begins to boot. */
  bootMs: z.int().min(0).default(0),
  /** Types, or `type@zone`, for which RunInstances answers InsufficientInstanceCapacity; `spot` for the spot market. */
  noCapacity: z.array(z.string()).default([]),
  /** How many virtual CPUs may run at once; above it VcpuLimitExceeded. */
  vcpuLimit: z.int().nullable().default(null),
  /** For how long a new instance is not found, as on a bad day of EC2's eventual consistency. */
  unseenMs: z.int().min(0).default(0),
  /** Instances that are launched and never come up. */
  stillborn: z.boolean().default(false),
  /** The driver that new machines with a GPU have; one below 570 has no cuda-checkpoint. */
  gpuDriver: z.string().default("580.95.05"),
});
export type Faults = z.infer<typeof Faults>;
export const NO_FAULTS = Faults.parse({});

export const Control = z.discriminatedUnion("do", [
  /** From now on; what is not named is back to normal. */
  z.object({ do: z.literal("fail"), faults: Faults }),
  /** A spot instance gets its notice, and is taken after `afterMs`. */
  z.object({ do: z.literal("interrupt"), instanceId: z.string(), afterMs: z.int().min(0).default(120_000) }),
  /** The machine is gone at once, as when its hardware dies; EC2 finds out later. */
  z.object({ do: z.literal("lose"), instanceId: z.string() }),
  z.object({ do: z.literal("list") }),
]);
export type Control = z.infer<typeof Control>;
