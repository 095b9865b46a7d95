/**
 * The sizes that a runtime can have: one table for names, machines, prices and what can move where (design.md §5).
 * Machines of one pool share a CPU vendor, so that a runtime can move between any two of them.
 */
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";

const MIB = 1024 * 1024;
/** Of a machine's memory: what its system, agent and Podman need. */
const HOST_MIB = 384;
/** Of what a runtime may use on a machine, what it may use already when it arrives: it must have room to go on. */
export const FITS = 0.9;

const Tier = z.object({
  name: z.string(),
  /** Null for the base server itself. */
  instanceType: z.string().nullable(),
  /** Other names for it, such as the Intel type of the same size: those are not in the pool. */
  aliases: z.array(z.string()).default([]),
  vcpus: z.int().min(1),
  memoryMib: z.int().min(128),
  /** Up to which a runtime grows in place, where the machine has it: the base server's is shared. */
  mostMemoryMib: z.int().optional(),
  gpu: z.string().nullable().default(null),
  /** On demand, in US dollars. */
  dollarsPerHour: z.number().min(0),
  /** Launched as spot first; on demand if there is none. */
  spot: z.boolean().default(false),
});
export type Tier = z.infer<typeof Tier>;

export const TierTable = z.array(Tier).min(1);

/** Prices of us-east-1 in November 2026. */
export const DEFAULT_TIERS = TierTable.parse([
  { name: "local", instanceType: null, vcpus: 2, memoryMib: 2048, mostMemoryMib: 4096, dollarsPerHour: 0 },
  {
    name: "t3a.small",
    instanceType: "t3a.small",
    aliases: ["t3.small"],
    vcpus: 2,
    memoryMib: 2048,
    dollarsPerHour: 0.0188,
  },
  {
    name: "t3a.medium",
    instanceType: "t3a.medium",
    aliases: ["t3.medium"],
    vcpus: 2,
    memoryMib: 4096,
    dollarsPerHour: 0.0376,
  },
  {
    name: "t3a.large",
    instanceType: "t3a.large",
    aliases: ["t3.large"],
    vcpus: 2,
    memoryMib: 8192,
    dollarsPerHour: 0.0752,
  },
  {
    name: "t3a.xlarge",
    instanceType: "t3a.xlarge",
    aliases: ["t3.xlarge"],
    vcpus: 4,
    memoryMib: 16_384,
    dollarsPerHour: 0.1504,
  },
  {
    name: "r5a.xlarge",
    instanceType: "r5a.xlarge",
    aliases: ["r5.xlarge"],
    vcpus: 4,
    memoryMib: 32_768,
    dollarsPerHour: 0.226,
  },
  {
    name: "r5a.2xlarge",
    instanceType: "r5a.2xlarge",
    aliases: ["r5.2xlarge"],
    vcpus: 8,
    memoryMib: 65_536,
    dollarsPerHour: 0.452,
  },
  {
    name: "g5.xlarge",
    instanceType: "g5.xlarge",
    vcpus: 4,
    memoryMib: 16_384,
    gpu: "A10G",
    dollarsPerHour: 1.006,
    spot: true,
  },
]);

export class Tiers {
  readonly #table: readonly Tier[];

  /** @param table from small to big */
  constructor(table: readonly Tier[]) {
    this.#table = table;
  }

  all(): readonly Tier[] {
    return this.#table;
  }

  /** By name or alias. Throws Fault("invalid") that lists the names. */
  get(name: string): Tier {
    const found = this.#table.find((tier) => tier.name === name || tier.aliases.includes(name));
    if (found) return found;
    throw new Fault("invalid", `no tier "${name}"; there are: ${this.#table.map((tier) => tier.name).join(", ")}`);
  }

  /** Bytes that a runtime may have on a tier. */
  memoryOf(name: string): number {
    return runtimeMemory(this.get(name));
  }

  /** Bytes that a runtime may grow to on a tier without moving. */
  mostOf(name: string): number {
    const tier = this.get(name);
    return Math.max(runtimeMemory(tier), (tier.mostMemoryMib ?? 0) * MIB);
  }

  /** The smallest tier that a runtime of `bytes` can go on on, with the GPU that `like` has. Throws Fault("conflict"). */
  smallestFor(bytes: number, like: string): Tier {
    const { gpu } = this.get(like);
    const found = this.#table.find((tier) => tier.gpu === gpu && bytes <= runtimeMemory(tier) * FITS);
    if (!found) throw new Fault("conflict", `no tier has room for ${Math.ceil(bytes / MIB)} MiB`);
    return found;
  }

  /** The smallest machine that has as much memory and the GPU of `like`. Throws Fault("conflict"). */
  smallestMachine(like: string): Tier {
    const { gpu } = this.get(like);
    const bytes = this.memoryOf(like);
    const found = this.#table.find(
      (tier) => tier.instanceType !== null && tier.gpu === gpu && runtimeMemory(tier) >= bytes,
    );
    if (!found) throw new Fault("conflict", `no machine has as much memory as ${like}`);
    return found;
  }

  /** The tier of the base server. */
  get local(): Tier {
    const local = this.#table.find(({ instanceType }) => instanceType === null);
    if (!local) throw new Error("the table of tiers has none for the base server");
    return local;
  }
}

/** Bytes that a runtime may have on a machine of this tier. */
export function runtimeMemory({ instanceType, memoryMib }: Tier): number {
  return (instanceType === null ? memoryMib : memoryMib - HOST_MIB) * MIB;
}
