/** Wake: a machine that the archive fits on, the archive there, and the runtime goes on from it. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import { attempt, copyArchive, type ElasticWorld, Input, subjectOf } from "./elastic.ts";
import { memoryCame } from "./handover.ts";

const Data = z.object({ to: z.string().exactOptional(), tier: z.string().exactOptional() });
interface Data {
  readonly to: string;
  readonly tier: string;
}

export function wakeOperation(world: ElasticWorld): OperationKind<Input, Data> {
  const { journal, records, executions, projects, hosts, tiers, links, plan, giveUp } = world;
  const asleepAgain = async ({ runtimeId }: Input) => records.setState(runtimeId, "asleep");

  return {
    kind: "runtime-wake",
    input: Input,
    data: Data,
    subject: ({ runtimeId }) => subjectOf(runtimeId),
    steps: [
      {
        name: "choose the host",
        act: async ({ runtimeId }) => {
          records.setState(runtimeId, "waking");
          const archive = await hosts.agent(BASE).archive(runtimeId);
          if (!archive) throw new Fault("unavailable", "the runtime's archive is not on the base server");
          const { bytes } = archive;
          const tier = tiers.smallestFor(bytes, world.find(runtimeId).tier);
          return { to: tier.instanceType === null ? BASE : randomUUID(), tier: tier.name };
        },
        undo: asleepAgain,
      },
      {
        name: "bring the host up",
        act: async ({ runtimeId, projectId }, data) => {
          const { to, tier } = known(data);
          if (to === BASE) return undefined;
          await hosts.provision(to, runtimeId, tier);
          const folder = projects.root(projects.get(projectId));
          await hosts.admit(to, folder);
          await hosts.agent(to).mountProject(folder);
          return undefined;
        },
        undo: async (_input, { to }) => {
          if (to && to !== BASE) await hosts.release(to);
        },
      },
      {
        name: "hand over",
        act: async ({ runtimeId }, data) => {
          const { to } = known(data);
          if (to !== BASE) await copyArchive(hosts, BASE, to, runtimeId);
          return undefined;
        },
      },
      {
        name: "claim a new epoch",
        act: async ({ runtimeId }, data) => {
          const { to, tier } = known(data);
          journal.transaction(() => {
            executions.carryOver(runtimeId, records.raiseEpoch(runtimeId));
            records.place(runtimeId, to, tier);
          });
          return undefined;
        },
      },
      {
        name: "restore the container",
        act: async ({ runtimeId }, data) => {
          const { to, tier } = known(data);
          const host = hosts.agent(to);
          if (!(await host.isRuntimeRunning(runtimeId))) await host.restoreRuntime(plan(runtimeId, tier), runtimeId);
          return undefined;
        },
        undo: async ({ runtimeId }, data, error) => {
          const { to } = known(data);
          if (to === BASE) await hosts.agent(BASE).removeRuntime(runtimeId);
          records.place(runtimeId, BASE, tiers.local.name);
          await hosts.agent(BASE).setArchiveAside(runtimeId);
          await giveUp(runtimeId, `it could not be woken: ${error.message}`);
        },
      },
      {
        name: "let it run",
        act: async ({ runtimeId }) => {
          records.setState(runtimeId, "running");
          await attempt(runtimeId, () => links.follow(runtimeId));
          return undefined;
        },
      },
      {
        // From here on the running container is the only copy that counts, but its memory comes from the archive.
        name: "let the archive go",
        act: async ({ runtimeId }, data) => {
          const { to } = known(data);
          if ((await memoryCame(hosts, to, runtimeId)) === "lost" && world.find(runtimeId).state === "running")
            giveUp(runtimeId, "a part of its memory could not be read back");
          for (const hostId of new Set([BASE, to])) {
            await attempt(runtimeId, () => hosts.agent(hostId).dropArchive(runtimeId));
          }
          return undefined;
        },
      },
    ],
  };
}

function known({ to, tier }: Partial<Data>): Data {
  if (to === undefined || tier === undefined) throw new Error("the host has not been chosen");
  return { to, tier };
}
