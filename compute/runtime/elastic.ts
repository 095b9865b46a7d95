/** What the operations on runtimes share: move, sleep and wake bring a frozen runtime from one host to another. */
import * as z from "zod";
import type { RuntimePlan } from "../agent/host-agent.ts";
import type { ColdArchives } from "../archives/cold-archives.ts";
import type { Executions } from "../executions/executions.ts";
import type { Hosts } from "../hosts/hosts.ts";
import type { Journal } from "../journal/journal.ts";
import type { Projects } from "../projects/projects.ts";
import type { Tiers } from "../tiers/tiers.ts";
import type { RuntimeLinks } from "./links.ts";
import type { RuntimeRecord, RuntimeRecords } from "./records.ts";

export const Input = z.object({ runtimeId: z.uuid(), projectId: z.uuid() });
export type Input = z.infer<typeof Input>;

/** Operations on one runtime never overlap. */
export const subjectOf = (runtimeId: string) => `runtime:${runtimeId}`;

export interface ElasticWorld {
  readonly journal: Journal;
  readonly records: RuntimeRecords;
  readonly executions: Executions;
  readonly projects: Projects;
  readonly hosts: Hosts;
  readonly tiers: Tiers;
  readonly links: RuntimeLinks;
  readonly coldArchives: ColdArchives;
  /** The record. Throws Fault("not_found"). */
  readonly find: (runtimeId: string) => RuntimeRecord;
  /** The runtime's files on the base server. */
  readonly folder: (runtimeId: string) => string;
  /** What a host needs to know to make its container. */
  readonly plan: (runtimeId: string, tier: string) => RuntimePlan;
  /** Says that a runtime can't be had back, and closes what it was busy with. */
  readonly giveUp: (runtimeId: string, reason: string) => void;
}

/** Copies an archive from one host to another, which compares what arrives. Throws Fault("unavailable"). */
export async function copyArchive(hosts: Hosts, from: string, to: string, archiveId: string): Promise<void> {
  await hosts.agent(to).writeArchive(archiveId, await hosts.agent(from).readArchive(archiveId));
}

/** What may fail without anything being lost: the reconciler comes back to it. */
export async function attempt(runtimeId: string, work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => {
    console.error(`runtime ${runtimeId}: ${error instanceof Error ? error.message : error}`);
  });
}
