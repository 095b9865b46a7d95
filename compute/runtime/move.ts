/**
 * Moving a runtime to another host: stop, hand over, start (design.md §5). Until the commit the source is the owner and can
 * be let go on as if nothing had been; from the commit on the target is. What is frozen at the source stays until the target
 * runs, so that a target that can't go on gives the runtime back; and until it has all of its memory, to serve that.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { HostAgent, HostFacts } from "../agent/host-agent.ts";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import { FITS, runtimeMemory, type Tier } from "../tiers/tiers.ts";
import { attempt, type ElasticWorld, Input, subjectOf } from "./elastic.ts";
import { whyItDoesNotFit } from "./fit.ts";
import { byCopy, type Found, lazily, type Passage } from "./handover.ts";
import type { Moves } from "./moves.ts";

const DRIVER_LOADS_MS = 30_000;

const Move = Input.extend({ moveId: z.uuid(), tier: z.string() });
type Move = z.infer<typeof Move>;
/** Where it came from and where it goes, found out by the first step; how it is handed over, by the next ones. */
const Data = z.object({
  from: z.string().exactOptional(),
  fromTier: z.string().exactOptional(),
  to: z.string().exactOptional(),
  way: z.enum(["lazily", "by copy"]).exactOptional(),
  key: z.string().exactOptional(),
  port: z.int().exactOptional(),
  /** How far the source's log has been read. */
  logOffset: z.int().exactOptional(),
});
interface Data extends Found {
  readonly from: string;
  readonly fromTier: string;
  readonly to: string;
  readonly way: "lazily" | "by copy";
  readonly logOffset: number;
}

export interface MoveWorld extends ElasticWorld {
  readonly moves: Moves;
}

export function moveOperation(world: MoveWorld): OperationKind<Move, Data> {
  const { journal, records, executions, hosts, tiers, moves, links, giveUp, find } = world;
  const ways = { lazily: lazily(world), "by copy": byCopy(world) };
  const way = (data: Partial<Data>) => ways[data.way ?? "by copy"];
  const passage = ({ runtimeId, tier }: Move, data: Partial<Data>): Passage => {
    const { from, fromTier, to } = known(data);
    return { runtimeId, from, fromTier, to, tier };
  };

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
          const wantsGpu = tiers.get(tier).gpu !== null;
          const [here, there] = await Promise.all([hosts.agent(from).facts(), factsOf(hosts.agent(to), wantsGpu)]);
          const cuda = here.gpu === null ? null : await hosts.agent(from).runtimeCuda(runtimeId);
          const why = whyItDoesNotFit(here, there, cuda !== null);
          if (why) throw new Fault("conflict", `the runtime can't go on on a ${tier}: ${why}`);
          if (wantsGpu && there.gpu === null) throw new Fault("unavailable", `the GPU of the ${tier} does not answer`);
          const used = await hosts.agent(from).runtimeMemory(runtimeId);
          await requireRoom(used + (cuda?.bytes ?? 0), tiers.get(tier));
          // The driver reads what it brings back on the GPU at once: nothing is won by letting memory follow.
          return { way: here.lazyPages && there.lazyPages && cuda === null ? "lazily" : "by copy" };
        },
      },
      {
        name: "mount the files",
        act: async ({ moveId, runtimeId }, data) => {
          const { to } = known(data);
          moves.phase(moveId, "prepare");
          const folder = world.folder(runtimeId);
          await hosts.admit(to, folder);
          await hosts.agent(to).mountProject(folder);
          return undefined;
        },
      },
      {
        name: "make ready",
        act: (input, data) => way(data).prepare(passage(input, data)),
        undo: async ({ runtimeId }, { to }) => {
          // A host that is ended with an earlier step takes all of it along.
          if (to === BASE) await hosts.agent(BASE).removeRuntime(runtimeId);
        },
      },
      {
        name: "freeze",
        act: async (input, data) => {
          moves.phase(input.moveId, "checkpoint");
          records.setState(input.runtimeId, "moving");
          links.unfollow(input.runtimeId);
          return way(data).freeze(passage(input, data), data);
        },
        undo: async (input, data) => {
          const { runtimeId } = input;
          try {
            if (!(await way(data).thaw(passage(input, data)))) throw new Error("its processes have ended");
          } catch (error) {
            giveUp(runtimeId, `it was lost while it moved: ${error instanceof Error ? error.message : error}`);
            return;
          }
          records.setState(runtimeId, "running");
          await attempt(runtimeId, () => links.follow(runtimeId));
        },
      },
      {
        name: "hand over",
        act: async (input, data) => {
          moves.phase(input.moveId, "transfer");
          await way(data).transfer(passage(input, data));
          return { logOffset: find(input.runtimeId).logOffset };
        },
        undo: async ({ runtimeId }, { to }) => {
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
            // What had not been read came along, and is what the log there begins with.
            records.setLogOffset(runtimeId, 0);
          });
          return undefined;
        },
        undo: async ({ runtimeId }, data) => {
          const { from, fromTier, logOffset } = known(data);
          journal.transaction(() => {
            if (find(runtimeId).hostId === from) return;
            executions.carryOver(runtimeId, records.raiseEpoch(runtimeId));
            records.place(runtimeId, from, fromTier);
            records.setLogOffset(runtimeId, logOffset);
          });
        },
      },
      {
        name: "let it go on",
        act: async (input, data) => {
          await way(data).goOn(passage(input, data), data);
          return undefined;
        },
        undo: async ({ runtimeId }, { to }) => {
          // It must not go on there while it goes on here: a host that can't be told is ended first.
          if (to === BASE) await hosts.agent(to).removeRuntime(runtimeId);
          else if (to) await hosts.release(to);
        },
      },
      {
        // From here on what the target has is the only copy that counts: nothing is taken back any more.
        name: "let it answer",
        act: async ({ moveId, runtimeId }) => {
          records.setState(runtimeId, "running");
          // The reconciler goes on trying where a line fails.
          await attempt(runtimeId, () => links.follow(runtimeId));
          moves.phase(moveId, "settle");
          return undefined;
        },
      },
      {
        name: "let the source go",
        act: async (input, data) => {
          const { moveId, runtimeId } = input;
          const { from } = known(data);
          const memory = await way(data).settle(passage(input, data));
          const loss = "a part of its memory was lost on its way from the other machine";
          if (memory === "lost" && find(runtimeId).state === "running") giveUp(runtimeId, loss);
          // What is frozen keeps a machine from ending in order.
          if (from === BASE || memory === "here")
            await attempt(runtimeId, () => hosts.agent(from).removeRuntime(runtimeId));
          if (from !== BASE) await attempt(runtimeId, () => hosts.release(from));
          moves.end(moveId, memory === "lost" ? loss : null);
          return undefined;
        },
      },
    ],
  };
}

/** @throws unless the step "choose the host" has been done */
function known({
  from,
  fromTier,
  to,
  logOffset = 0,
}: Partial<Data>): Pick<Data, "from" | "fromTier" | "to" | "logOffset"> {
  if (from === undefined || fromTier === undefined || to === undefined) throw new Error("the host has not been chosen");
  return { from, fromTier, to, logOffset };
}

/** A GPU's driver may still be loading when the agent of its machine is there. */
async function factsOf(host: HostAgent, wantsGpu: boolean): Promise<HostFacts> {
  for (const end = Date.now() + DRIVER_LOADS_MS; ; await wait(500)) {
    const facts = await host.facts();
    if (!wantsGpu || facts.gpu !== null || Date.now() > end) return facts;
  }
}

async function requireRoom(used: number, tier: Tier): Promise<void> {
  const room = runtimeMemory(tier);
  if (used <= room * FITS) return;
  const mib = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
  throw new Fault("conflict", `the runtime uses ${mib(used)} MiB; a ${tier.name} has ${mib(room)} MiB for it`);
}
