/** Sleep: the runtime is frozen, its archive is brought to the base server and verified there, and only then its machine goes. */
import * as z from "zod";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import { attempt, copyArchive, type ElasticWorld, Input, subjectOf } from "./elastic.ts";
import { memoryCame } from "./handover.ts";

const Data = z.object({ cuda: z.boolean().exactOptional() });
interface Data {
  /** Whether the archive has state of a GPU: then it wakes where there is one. */
  readonly cuda: boolean;
}

export function sleepOperation(world: ElasticWorld): OperationKind<Input, Data> {
  const { records, hosts, tiers, links, plan, giveUp } = world;
  const hostOf = (runtimeId: string) => records.find(runtimeId)?.hostId ?? BASE;

  return {
    kind: "runtime-sleep",
    input: Input,
    data: Data,
    subject: ({ runtimeId }) => subjectOf(runtimeId),
    steps: [
      {
        name: "say so",
        act: async ({ runtimeId }) => {
          const { hostId, tier } = world.find(runtimeId);
          // Before anything is waited for: who comes with a cell now waits, and wakes it.
          links.unfollow(runtimeId);
          records.setState(runtimeId, "checkpointing");
          // One that can't be asked is taken to have some: too big a machine is better than one where it can't wake.
          const asked = tiers.get(tier).gpu === null ? null : hosts.agent(hostId).runtimeCuda(runtimeId);
          const cuda = await Promise.resolve(asked).then(
            (state) => state !== null,
            () => true,
          );
          return { cuda };
        },
      },
      {
        name: "freeze into an archive",
        act: async ({ runtimeId }) => {
          await hosts.agent(hostOf(runtimeId)).freezeRuntime(runtimeId, world.find(runtimeId).logOffset);
          return undefined;
        },
        undo: async ({ runtimeId }, _data, error) => {
          const hostId = hostOf(runtimeId);
          const host = hosts.agent(hostId);
          try {
            if (!(await host.isRuntimeRunning(runtimeId))) {
              if (!(await host.archive(runtimeId))) throw error;
              // On the base server it has all that sleep is: only letting its container go failed, and the reconciler does that.
              if (hostId === BASE) return records.setState(runtimeId, "asleep");
              records.setLogOffset(runtimeId, 0);
              await host.restoreRuntime(plan(runtimeId, world.find(runtimeId).tier), runtimeId);
              if ((await memoryCame(hosts, hostId, runtimeId)) === "lost") throw error;
            }
          } catch (failure) {
            await attempt(runtimeId, () => links.takeRest(runtimeId));
            await attempt(runtimeId, () => host.removeRuntime(runtimeId));
            return giveUp(runtimeId, `it could not be frozen: ${failure instanceof Error ? failure.message : failure}`);
          }
          await attempt(runtimeId, () => host.dropArchive(runtimeId));
          records.setState(runtimeId, "running");
          await attempt(runtimeId, () => links.follow(runtimeId));
        },
      },
      {
        name: "bring the archive home",
        act: async ({ runtimeId }) => {
          const hostId = hostOf(runtimeId);
          if (hostId !== BASE) await copyArchive(hosts, hostId, BASE, runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }) => {
          if (hostOf(runtimeId) !== BASE) await hosts.agent(BASE).dropArchive(runtimeId);
        },
      },
      {
        name: "let the machine go",
        act: async ({ runtimeId }, { cuda }) => {
          const { hostId, tier } = world.find(runtimeId);
          records.place(runtimeId, BASE, cuda === false && tiers.get(tier).gpu !== null ? tiers.local.name : tier);
          records.setState(runtimeId, "asleep");
          await attempt(runtimeId, () => hosts.letGo(runtimeId));
          if (hostId === BASE) await attempt(runtimeId, () => hosts.agent(BASE).removeRuntime(runtimeId));
          else await attempt(runtimeId, () => hosts.release(hostId));
          return undefined;
        },
      },
    ],
  };
}
