/** Wake: a machine that the archive fits on, the archive there, and the runtime goes on from it. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { bringHome } from "../archives/bring-home.ts";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import { attempt, copyArchive, type ElasticWorld, Input, subjectOf } from "./elastic.ts";
import { whyItDoesNotFit } from "./fit.ts";
import { memoryCame } from "./handover.ts";

const Wake = Input.extend({
  /** From a snapshot. Without it, the archive that it went to sleep in. */
  snapshotId: z.uuid().optional(),
});
export type Wake = z.infer<typeof Wake>;
const Data = z.object({
  before: z.enum(["asleep", "stopped", "failed"]).exactOptional(),
  to: z.string().exactOptional(),
  tier: z.string().exactOptional(),
});
interface Data {
  /** What it was. */
  readonly before: "asleep" | "stopped" | "failed";
  readonly to: string;
  readonly tier: string;
}

/** @param runs called when the runtime runs: its memory may follow for a while */
export function wakeOperation(world: ElasticWorld, runs: (runtimeId: string) => void): OperationKind<Wake, Data> {
  const { journal, records, executions, hosts, tiers, links, plan, giveUp } = world;
  const archiveOf = ({ runtimeId, snapshotId }: Wake) => snapshotId ?? runtimeId;

  return {
    kind: "runtime-wake",
    input: Wake,
    data: Data,
    subject: ({ runtimeId }) => subjectOf(runtimeId),
    steps: [
      bringHome(world),
      {
        name: "choose the host",
        act: async (input) => {
          const { runtimeId } = input;
          const { state, tier: like } = world.find(runtimeId);
          const before = state === "stopped" || state === "failed" ? state : "asleep";
          records.setState(runtimeId, "waking");
          const archive = await hosts.agent(BASE).archive(archiveOf(input));
          if (!archive) throw new Fault("unavailable", "the runtime's archive is not on the base server");
          const why = whyItDoesNotFit(archive, await hosts.agent(BASE).facts(), false);
          if (why) throw new Fault("conflict", `the runtime can't go on any more on this installation: ${why}`);
          const tier = tiers.smallestFor(archive.bytes, like);
          return { before, to: tier.instanceType === null ? BASE : randomUUID(), tier: tier.name };
        },
        undo: async ({ runtimeId }, { before = "asleep" }) => {
          // One that could not be restored has been given up by then, and is not asleep: nothing is left to wake it from.
          if (records.find(runtimeId)?.state === "waking") records.setState(runtimeId, before);
        },
      },
      {
        name: "bring the host up",
        act: async ({ runtimeId }, data) => {
          const { to, tier } = known(data);
          if (to === BASE) return undefined;
          await hosts.provision(to, runtimeId, tier);
          const folder = world.folder(runtimeId);
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
        act: async (input, data) => {
          const { to } = known(data);
          if (to !== BASE) await copyArchive(hosts, BASE, to, archiveOf(input));
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
            // What had not been read is in the archive, and is what the log will begin with.
            records.setLogOffset(runtimeId, 0);
          });
          return undefined;
        },
      },
      {
        name: "restore the container",
        act: async (input, data) => {
          const { to, tier } = known(data);
          const host = hosts.agent(to);
          const { runtimeId } = input;
          if (!(await host.isRuntimeRunning(runtimeId)))
            await host.restoreRuntime(plan(runtimeId, tier), archiveOf(input));
          return undefined;
        },
        undo: async ({ runtimeId, snapshotId }, data, error) => {
          const { to } = known(data);
          if (to === BASE) await hosts.agent(BASE).removeRuntime(runtimeId);
          records.place(runtimeId, BASE, tiers.local.name);
          // It is as it was before somebody wanted another state.
          if (snapshotId !== undefined) return;
          await hosts.agent(BASE).setArchiveAside(runtimeId);
          await giveUp(runtimeId, `it could not be woken: ${error.message}`);
        },
      },
      {
        name: "let it run",
        act: async ({ runtimeId }) => {
          records.setState(runtimeId, "running");
          await attempt(runtimeId, () => links.follow(runtimeId));
          runs(runtimeId);
          return undefined;
        },
      },
      {
        // From here on the running container is the only copy that counts, but its memory comes from the archive.
        name: "let the archive go",
        act: async ({ runtimeId, snapshotId }, data) => {
          const { to } = known(data);
          if ((await memoryCame(hosts, to, runtimeId)) === "lost" && world.find(runtimeId).state === "running")
            giveUp(runtimeId, "a part of its memory could not be read back");
          for (const hostId of new Set([BASE, to])) {
            await attempt(runtimeId, () => hosts.agent(hostId).dropArchive(runtimeId));
            if (snapshotId !== undefined && hostId !== BASE)
              await attempt(runtimeId, () => hosts.agent(hostId).dropArchive(snapshotId));
          }
          return undefined;
        },
      },
    ],
  };
}

/** @throws unless the step "choose the host" has been done */
function known({ to, tier }: Partial<Data>): Pick<Data, "to" | "tier"> {
  if (to === undefined || tier === undefined) throw new Error("the host has not been chosen");
  return { to, tier };
}
