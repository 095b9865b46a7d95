/** How a sandbox comes to be: a copy of the files, a copy of the state in the same moment, and a container that goes on from both. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { noteFiles } from "../agent/container-files.ts";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import type { Copy } from "../runtime/copy.ts";
import { attempt, copyArchive, type ElasticWorld, subjectOf } from "../runtime/elastic.ts";
import { memoryCame } from "../runtime/handover.ts";
import type { Sandboxes } from "./sandboxes.ts";

const Create = z.object({ sandboxId: z.uuid(), runtimeId: z.uuid(), projectId: z.uuid(), tier: z.string() });
export type Create = z.infer<typeof Create>;
const Data = z.object({
  from: z.string().exactOptional(),
  to: z.string().exactOptional(),
  tier: z.string().exactOptional(),
});
interface Data {
  readonly from: string;
  readonly to: string;
  readonly tier: string;
}

/** Of the base server's memory, what must be left beside all that its runtimes and sandboxes use. */
const RESERVE = 0.1;

export function createOperation(
  world: ElasticWorld,
  copy: (input: Copy) => Promise<void>,
  enter: Sandboxes["enter"],
): OperationKind<Create, Data> {
  const { records, hosts, links, plan, folder, find } = world;
  const noteOf = (sandboxId: string) => `${folder(sandboxId)}.noted`;

  return {
    kind: "sandbox-create",
    input: Create,
    data: Data,
    subject: ({ sandboxId }) => subjectOf(sandboxId),
    steps: [
      {
        name: "claim its place",
        act: async ({ sandboxId, projectId, tier }) => {
          records.addSandbox(sandboxId, projectId, BASE, tier);
          return undefined;
        },
        undo: async ({ sandboxId }, _data, error) => {
          records.forget(sandboxId);
          enter(sandboxId, "failed", error.message);
        },
      },
      {
        name: "copy the files",
        act: async ({ sandboxId, runtimeId }) => {
          const [from, to] = [folder(runtimeId), folder(sandboxId)];
          await rm(to, { recursive: true, force: true });
          await mkdir(dirname(to), { recursive: true, mode: 0o700 });
          await noteFiles(from, noteOf(sandboxId));
          const how = {
            recursive: true,
            preserveTimestamps: true,
            verbatimSymlinks: true,
            mode: constants.COPYFILE_FICLONE,
          };
          await cp(from, to, how);
          return undefined;
        },
        undo: async ({ sandboxId }) => {
          for (const path of [folder(sandboxId), noteOf(sandboxId)]) await rm(path, { recursive: true, force: true });
        },
      },
      {
        name: "copy the state",
        act: async ({ sandboxId, runtimeId }) => {
          const from = find(runtimeId).hostId;
          // Another host does not see the sandbox's files: what is written there while it is copied may be missed.
          const files = from === BASE ? { to: folder(sandboxId), note: noteOf(sandboxId) } : null;
          await copy({ runtimeId, archiveId: sandboxId, files, lasts: false });
          await rm(noteOf(sandboxId), { force: true });
          return { from };
        },
        undo: async ({ sandboxId }, { from }) => {
          if (from) await attempt(sandboxId, () => hosts.agent(from).dropArchive(sandboxId));
        },
      },
      {
        name: "choose the host",
        act: async ({ sandboxId, tier: like }, { from = BASE }) => {
          const bytes = (await hosts.agent(from).archive(sandboxId))?.bytes ?? 0;
          const { memory } = await hosts.agent(BASE).measure();
          const isRoom = from === BASE && memory.available - bytes > memory.total * RESERVE;
          if (isRoom) return { to: BASE, tier: like };
          return { to: randomUUID(), tier: world.tiers.smallestMachine(like).name };
        },
      },
      {
        name: "bring it there",
        act: async ({ sandboxId }, data) => {
          const { from, to, tier } = known(data);
          if (to === BASE) return undefined;
          await hosts.provision(to, sandboxId, tier);
          await hosts.admit(to, folder(sandboxId));
          await hosts.agent(to).mountProject(folder(sandboxId));
          await copyArchive(hosts, from, to, sandboxId);
          return undefined;
        },
        undo: async (_input, { to }) => {
          if (to && to !== BASE) await hosts.release(to);
        },
      },
      {
        name: "let it go on",
        act: async ({ sandboxId }, data) => {
          const { to, tier } = known(data);
          const agent = hosts.agent(to);
          records.place(sandboxId, to, tier);
          if (!(await agent.isRuntimeRunning(sandboxId))) await agent.restoreRuntime(plan(sandboxId, tier), sandboxId);
          return undefined;
        },
        undo: async ({ sandboxId }, { to }) => {
          links.unfollow(sandboxId);
          if (to === BASE) await hosts.agent(to).removeRuntime(sandboxId);
        },
      },
      {
        name: "make it another",
        act: async ({ sandboxId }) => {
          const link = await links.follow(sandboxId);
          // Two that share their random numbers would share secrets made of them.
          await link.ask({ op: "renew" });
          records.setState(sandboxId, "running");
          enter(sandboxId, "running");
          return undefined;
        },
      },
      {
        name: "let the archive go",
        act: async ({ sandboxId }, data) => {
          const { from, to } = known(data);
          if ((await memoryCame(hosts, to, sandboxId)) === "lost" && records.find(sandboxId)?.state === "running")
            world.giveUp(sandboxId, "a part of its memory could not be read back");
          for (const hostId of new Set([from, to]))
            await attempt(sandboxId, () => hosts.agent(hostId).dropArchive(sandboxId));
          return undefined;
        },
      },
    ],
  };
}

function known({ from, to, tier }: Partial<Data>): Data {
  if (from === undefined || to === undefined || tier === undefined) throw new Error("the host has not been chosen");
  return { from, to, tier };
}
