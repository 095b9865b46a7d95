/**
 * Moving a runtime to another host: stop, hand over, start (design.md §5). Until the commit the source is the owner and can
 * be let go on as if nothing had been; from the commit on the target is. The archive at the source stays until the target
 * runs, so that a target that can't go on gives the runtime back.
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import { FITS, runtimeMemory, type Tier } from "../tiers/tiers.ts";
import { attempt, type ElasticWorld, handOver, Input, subjectOf } from "./elastic.ts";
import { whyItDoesNotFit } from "./fit.ts";
import type { Moves } from "./moves.ts";

const Move = Input.extend({ moveId: z.uuid(), tier: z.string() });
type Move = z.infer<typeof Move>;
/** Where it came from and where it goes: found out by the first step. */
const Data = z.object({
  from: z.string().exactOptional(),
  fromTier: z.string().exactOptional(),
  to: z.string().exactOptional(),
});
interface Data {
  readonly from: string;
  readonly fromTier: string;
  readonly to: string;
}

export interface MoveWorld extends ElasticWorld {
  readonly moves: Moves;
}

export function moveOperation(world: MoveWorld): OperationKind<Move, Data> {
  const { journal, records, executions, projects, hosts, tiers, moves, links, giveUp, find } = world;

  return {
    kind: "runtime-move",
    input: Move,
    data: Data,
    subject: ({ runtimeId }) => subjectOf(runtimeId),
    steps: [
      {
        name: "choose the host",
        act: async ({ moveId, runtimeId, tier }) => {
          const { state, hostId, tier: fromTier } = find(runtimeId);
          moves.begin(moveId, runtimeId, fromTier, tier);
          if (state !== "running") throw new Fault("conflict", `the runtime is ${state}; only a running one can move`);
          // One that is up already, or nearly, for just this.
          const held = hosts.heldFor(runtimeId).find((host) => host.tier === tier)?.id;
          const to = tiers.get(tier).instanceType === null ? BASE : (held ?? randomUUID());
          return { from: hostId, fromTier, to };
        },
        undo: async ({ moveId }, _data, error) => moves.end(moveId, error.message),
      },
      {
        name: "bring the host up",
        act: async ({ moveId, runtimeId, tier }, data) => {
          const { to } = known(data);
          moves.phase(moveId, "provision");
          if (to !== BASE) await hosts.provision(to, runtimeId, tier);
          await attempt(runtimeId, () => hosts.letGo(runtimeId, to));
          return undefined;
        },
        undo: async (_input, { to }) => {
          if (to && to !== BASE) await hosts.release(to);
        },
      },
      {
        name: "see that it fits",
        act: async ({ runtimeId, tier }, data) => {
          const { from, to } = known(data);
          const [here, there] = await Promise.all([hosts.agent(from).facts(), hosts.agent(to).facts()]);
          const why = whyItDoesNotFit(here, there);
          if (why) throw new Fault("conflict", `the runtime can't go on on a ${tier}: ${why}`);
          await requireRoom(await hosts.agent(from).runtimeMemory(runtimeId), tiers.get(tier));
          return undefined;
        },
      },
      {
        name: "mount the files",
        act: async ({ moveId, projectId }, data) => {
          const { to } = known(data);
          moves.phase(moveId, "prepare");
          const folder = projects.root(projects.get(projectId));
          await hosts.admit(to, folder);
          await hosts.agent(to).mountProject(folder);
          return undefined;
        },
      },
      {
        name: "freeze",
        act: async ({ moveId, runtimeId }, data) => {
          const { from } = known(data);
          moves.phase(moveId, "checkpoint");
          records.setState(runtimeId, "moving");
          links.unfollow(runtimeId);
          await hosts.agent(from).freezeRuntime(runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }, data) => {
          const source = hosts.agent(known(data).from);
          try {
            if (!(await source.isRuntimeRunning(runtimeId))) await source.restoreRuntime(runtimeId);
          } catch (error) {
            giveUp(runtimeId, `it was lost while it moved: ${error instanceof Error ? error.message : error}`);
            return;
          }
          records.setState(runtimeId, "running");
          await attempt(runtimeId, () => source.dropArchive(runtimeId));
          await attempt(runtimeId, () => links.follow(runtimeId));
        },
      },
      {
        name: "hand over",
        act: async ({ moveId, runtimeId }, data) => {
          const { from, to } = known(data);
          moves.phase(moveId, "transfer");
          await handOver(hosts.agent(from), hosts.agent(to), runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }, data) => {
          const { to } = known(data);
          // A host that is ended with the next step takes its disk along.
          if (to === BASE) await hosts.agent(to).dropArchive(runtimeId);
        },
      },
      {
        name: "commit",
        act: async ({ moveId, runtimeId, tier }, data) => {
          const { to } = known(data);
          moves.phase(moveId, "restore");
          journal.transaction(() => {
            if (find(runtimeId).hostId === to) return;
            executions.carryOver(runtimeId, records.raiseEpoch(runtimeId));
            records.place(runtimeId, to, tiers.get(tier).name);
          });
          return undefined;
        },
        undo: async ({ runtimeId }, data) => {
          const { from, fromTier } = known(data);
          journal.transaction(() => {
            if (find(runtimeId).hostId === from) return;
            executions.carryOver(runtimeId, records.raiseEpoch(runtimeId));
            records.place(runtimeId, from, fromTier);
          });
        },
      },
      {
        name: "let it go on",
        act: async ({ runtimeId }, data) => {
          const { to } = known(data);
          const target = hosts.agent(to);
          if (!(await target.isRuntimeRunning(runtimeId))) await target.restoreRuntime(runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }, data) => {
          const { to } = known(data);
          // It must not go on there while it goes on here: a host that can't be told is ended first.
          if (to === BASE) await hosts.agent(to).removeRuntime(runtimeId);
          else await hosts.release(to);
        },
      },
      {
        // From here on what the target has is the only copy that counts: nothing is taken back any more.
        name: "let the source go",
        act: async ({ moveId, runtimeId, tier }, data) => {
          const { from, to } = known(data);
          const target = hosts.agent(to);
          records.setState(runtimeId, "running");
          await attempt(runtimeId, () => target.limitRuntime(runtimeId, tiers.memoryOf(tier)));
          // The reconciler goes on trying where a line fails.
          await attempt(runtimeId, () => links.follow(runtimeId));
          moves.end(moveId, null);
          await attempt(runtimeId, () => target.dropArchive(runtimeId));
          await attempt(runtimeId, async () => {
            if (from !== BASE) return hosts.release(from);
            await hosts.agent(from).removeRuntime(runtimeId);
            await hosts.agent(from).dropArchive(runtimeId);
          });
          return undefined;
        },
      },
    ],
  };
}

function known({ from, fromTier, to }: Partial<Data>): Data {
  if (from === undefined || fromTier === undefined || to === undefined) throw new Error("the host has not been chosen");
  return { from, fromTier, to };
}

async function requireRoom(used: number, tier: Tier): Promise<void> {
  const room = runtimeMemory(tier);
  if (used <= room * FITS) return;
  const mib = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
  throw new Fault("conflict", `the runtime uses ${mib(used)} MiB; a ${tier.name} has ${mib(room)} MiB for it`);
}
