/** The end of a sandbox: its container, its machine if it has one, its files, and the record. */
import { rm } from "node:fs/promises";
import * as z from "zod";
import { BASE } from "../hosts/records.ts";
import type { OperationKind } from "../journal/operations.ts";
import { attempt, type ElasticWorld, subjectOf } from "../runtime/elastic.ts";
import type { Sandboxes } from "./sandboxes.ts";

const Destroy = z.object({ sandboxId: z.uuid(), reason: z.string() });
export type Destroy = z.infer<typeof Destroy>;
type NoData = Record<string, never>;

export function destroyOperation(
  { records, hosts, links, executions, folder }: ElasticWorld,
  enter: Sandboxes["enter"],
): OperationKind<Destroy, NoData> {
  return {
    kind: "sandbox-destroy",
    input: Destroy,
    data: z.object({}),
    subject: ({ sandboxId }) => subjectOf(sandboxId),
    steps: [
      {
        name: "end what runs",
        act: async ({ sandboxId }) => {
          const record = records.find(sandboxId);
          if (!record) return undefined;
          links.unfollow(sandboxId);
          // No record wants it any more: what the next lines leave is the reconciler's.
          records.setState(sandboxId, "stopping");
          executions.closeLost(sandboxId, record.epoch, "the sandbox has ended");
          if (record.hostId === BASE) await hosts.agent(BASE).removeRuntime(sandboxId);
          else await hosts.release(record.hostId);
          return undefined;
        },
      },
      {
        name: "remove what it has written",
        act: async ({ sandboxId, reason }) => {
          await attempt(sandboxId, () => hosts.agent(BASE).dropArchive(sandboxId));
          if (records.find(sandboxId)) await rm(folder(sandboxId), { recursive: true, force: true });
          records.forget(sandboxId);
          enter(sandboxId, "ended", reason);
          return undefined;
        },
      },
    ],
  };
}
