/**
 * Two ways to hand a running runtime over from one host to another. Lazily: it goes on there when all but its memory has come,
 * and memory follows. By a copy, where CRIU or the kernel can't do that: it goes on when all of it has come.
 * Each function may be called again after a crash of the daemon.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { MemoryState } from "../agent/host-agent.ts";
import { makeSharedKey } from "../hosts/authority.ts";
import type { Hosts } from "../hosts/hosts.ts";
import { BASE } from "../hosts/records.ts";
import { attempt, copyArchive, type ElasticWorld } from "./elastic.ts";

export interface Passage {
  readonly runtimeId: string;
  readonly from: string;
  readonly fromTier: string;
  readonly to: string;
  readonly tier: string;
}

/** What is found out on the way and needed later. */
export interface Found {
  /** The handover's own, PEM. */
  readonly key?: string;
  /** That the source serves memory at. */
  readonly port?: number;
}

export interface Handover {
  /** While it still runs at the source: all that can be done ahead. */
  prepare(passage: Passage): Promise<Found>;
  freeze(passage: Passage, found: Found): Promise<Found>;
  /** Lets it go on at the source, if it is not lost. Resolves with false if it is. */
  thaw(passage: Passage): Promise<boolean>;
  /** Brings to the target what it needs to go on. */
  transfer(passage: Passage): Promise<void>;
  /** Resolves when it runs at the target. If it throws, nothing of it has run there. */
  goOn(passage: Passage, found: Found): Promise<void>;
  /** Resolves when nothing of it is needed at the source any more. */
  settle(passage: Passage): Promise<Exclude<MemoryState, "coming">>;
}

const LOOK_MS = 100;
/** For how long a host that can't be asked may yet have it all. */
const DEAF_MS = 60_000;

export function lazily({ hosts, records, plan }: ElasticWorld): Handover {
  return {
    async prepare({ runtimeId, from, to, tier }) {
      const key = await makeSharedKey();
      const target = hosts.agent(to);
      await target.prepareRuntime(plan(runtimeId, tier), key);
      await target.expectRuntime(runtimeId, await hosts.agent(from).readRuntimeFiles(runtimeId));
      return { key };
    },
    async freeze({ runtimeId, from }, { key }) {
      if (key === undefined) throw new Error("the handover has not been prepared");
      const logOffset = records.find(runtimeId)?.logOffset ?? 0;
      return { port: await hosts.agent(from).offerRuntime(runtimeId, key, logOffset) };
    },
    async thaw({ runtimeId, from }) {
      await hosts.agent(from).withdrawRuntime(runtimeId);
      return hosts.agent(from).isRuntimeRunning(runtimeId);
    },
    async transfer({ runtimeId, from, to }) {
      await hosts.agent(to).writeRuntimeState(runtimeId, await hosts.agent(from).readRuntimeState(runtimeId));
    },
    async goOn({ runtimeId, from, to }, { port }) {
      if (port === undefined) throw new Error("the runtime has not been frozen");
      await hosts.agent(to).takeRuntime(runtimeId, await hosts.address(from), port);
    },
    settle: ({ runtimeId, to }) => memoryCame(hosts, to, runtimeId),
  };
}

/** Resolves when all of a runtime's memory is on the host that it goes on on, or can't come any more. */
export async function memoryCame(
  hosts: Hosts,
  hostId: string,
  runtimeId: string,
): Promise<Exclude<MemoryState, "coming">> {
  for (let deafSinceMs: number | null = null; ; await wait(LOOK_MS)) {
    const state = await hosts
      .agent(hostId)
      .memoryState(runtimeId)
      .catch(() => null);
    if (state !== null && state !== "coming") return state;
    deafSinceMs = state === null ? (deafSinceMs ?? Date.now()) : null;
    if (deafSinceMs !== null && Date.now() - deafSinceMs > DEAF_MS) return "lost";
  }
}

export function byCopy({ hosts, records, plan }: ElasticWorld): Handover {
  return {
    prepare: async () => ({}),
    async freeze({ runtimeId, from }) {
      await hosts.agent(from).freezeRuntime(runtimeId, records.find(runtimeId)?.logOffset ?? 0);
      return {};
    },
    async thaw({ runtimeId, from, fromTier }) {
      const source = hosts.agent(from);
      if (!(await source.isRuntimeRunning(runtimeId))) {
        records.setLogOffset(runtimeId, 0);
        await source.restoreRuntime(plan(runtimeId, fromTier), runtimeId);
        if ((await memoryCame(hosts, from, runtimeId)) === "lost") return false;
      }
      await attempt(runtimeId, () => source.dropArchive(runtimeId));
      return true;
    },
    transfer: ({ runtimeId, from, to }) => copyArchive(hosts, from, to, runtimeId),
    async goOn({ runtimeId, to, tier }) {
      const target = hosts.agent(to);
      if (!(await target.isRuntimeRunning(runtimeId))) await target.restoreRuntime(plan(runtimeId, tier), runtimeId);
    },
    async settle({ runtimeId, from, to }) {
      const memory = await memoryCame(hosts, to, runtimeId);
      for (const hostId of [to, from]) {
        // Any other is ended, and takes its disk along.
        if (hostId === to || hostId === BASE)
          await attempt(runtimeId, () => hosts.agent(hostId).dropArchive(runtimeId));
      }
      return memory;
    },
  };
}
