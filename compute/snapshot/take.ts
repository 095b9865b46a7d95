/** How a snapshot is taken: a copy of the state, while the runtime goes on, brought to the base server. */
import * as z from "zod";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import type { Copy } from "../runtime/copy.ts";
import { attempt, copyArchive, type ElasticWorld } from "../runtime/elastic.ts";
import type { Snapshots } from "./snapshots.ts";

const Take = z.object({ snapshotId: z.uuid(), runtimeId: z.uuid() });
export type Take = z.infer<typeof Take>;
const Data = z.object({ from: z.string().exactOptional() });
interface Data {
  readonly from: string;
}

export function takeOperation(
  { hosts, find }: ElasticWorld,
  copy: (input: Copy) => Promise<void>,
  snapshots: () => Pick<Snapshots, "keep" | "forget">,
): OperationKind<Take, Data> {
  return {
    kind: "snapshot-take",
    input: Take,
    data: Data,
    subject: ({ snapshotId }) => `snapshot:${snapshotId}`,
    steps: [
      {
        name: "copy the state",
        act: async ({ snapshotId, runtimeId }) => {
          const from = find(runtimeId).hostId;
          await copy({ runtimeId, archiveId: snapshotId, files: null, lasts: true });
          return { from };
        },
        undo: async ({ snapshotId }, { from }) => {
          if (from) await attempt(snapshotId, () => hosts.agent(from).dropArchive(snapshotId));
          snapshots().forget(snapshotId);
        },
      },
      {
        name: "bring it home",
        act: async ({ snapshotId }, { from = BASE }) => {
          if (from !== BASE) await copyArchive(hosts, from, BASE, snapshotId);
          return undefined;
        },
        undo: ({ snapshotId }) => hosts.agent(BASE).dropArchive(snapshotId),
      },
      {
        name: "keep it",
        act: async ({ snapshotId }, { from = BASE }) => {
          await snapshots().keep(snapshotId, (await hosts.agent(BASE).archive(snapshotId))?.bytes ?? 0);
          if (from !== BASE) await attempt(snapshotId, () => hosts.agent(from).dropArchive(snapshotId));
          return undefined;
        },
      },
    ],
  };
}
