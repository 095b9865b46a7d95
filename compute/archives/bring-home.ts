/** The first step of a wake: an archive that has gone cold is brought back to the base server's disk. */
import type { OperationKind } from "../journal/operations.ts";
import type { ElasticWorld, Input } from "../runtime/elastic.ts";
import { DamagedArchive } from "./seal.ts";

export function bringHome<Data>(world: ElasticWorld): OperationKind<Input, Data>["steps"][number] {
  const { records, coldArchives, giveUp } = world;
  return {
    name: "bring the archive home",
    act: async ({ runtimeId }) => {
      if (!coldArchives.has(runtimeId)) return undefined;
      records.setState(runtimeId, "waking");
      await coldArchives.fetch(runtimeId);
      return undefined;
    },
    undo: async ({ runtimeId }, _data, error) => {
      if (records.find(runtimeId)?.state !== "waking") return;
      // Any other failure may pass; this one does not.
      if (error instanceof DamagedArchive) giveUp(runtimeId, `it could not be woken: ${error.message}`);
      else records.setState(runtimeId, "asleep", error.message);
    },
  };
}
