/** A copy of a running runtime's state, which goes on: what snapshots and sandboxes are made of. */
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { OperationKind } from "../journal/operations.ts";
import { attempt, type ElasticWorld, subjectOf } from "./elastic.ts";

const Copy = z.object({
  runtimeId: z.uuid(),
  /** Of the archive that is made, on the runtime's host. */
  archiveId: z.uuid(),
  /** A copy of the runtime's files, made a moment ago, that is brought up to date in the same moment; null for none. */
  files: z.object({ to: z.string(), note: z.string() }).nullable(),
  lasts: z.boolean(),
});
export type Copy = z.infer<typeof Copy>;
type NoData = Record<string, never>;

export function copyOperation({ hosts, find, folder }: ElasticWorld): OperationKind<Copy, NoData> {
  return {
    kind: "runtime-copy",
    input: Copy,
    data: z.object({}),
    subject: ({ runtimeId }) => subjectOf(runtimeId),
    steps: [
      {
        name: "copy its state",
        act: async ({ runtimeId, archiveId, files, lasts }) => {
          const { state, hostId } = find(runtimeId);
          if (state !== "running")
            throw new Fault("conflict", `the runtime is ${state}; only a running one can be copied`);
          const agent = hosts.agent(hostId);
          // Asked again after a crash: it is there already.
          if (await agent.archive(archiveId)) return undefined;
          const copied = files && { ...files, from: folder(runtimeId) };
          await agent.copyRuntime(runtimeId, archiveId, { files: copied, lasts });
          return undefined;
        },
        undo: async ({ runtimeId, archiveId }) => {
          await attempt(runtimeId, () => hosts.agent(find(runtimeId).hostId).dropArchive(archiveId));
        },
      },
    ],
  };
}
