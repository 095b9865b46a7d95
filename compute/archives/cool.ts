/**
 * The archive of a runtime that has slept for long goes to S3, and leaves the base server's disk only when S3 has been seen
 * to have it. It can be called off until then: somebody who comes back does not wait for it.
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import type { OperationKind } from "../journal/operations.ts";
import { attempt, Input, subjectOf } from "../runtime/elastic.ts";
import type { RuntimeRecords } from "../runtime/records.ts";
import type { ArchiveRecords } from "./records.ts";
import { type Passage, send, verify } from "./transfer.ts";

const Data = z.object({
  name: z.string().exactOptional(),
  bytes: z.int().exactOptional(),
  sha256: z.string().exactOptional(),
});
interface Data {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CoolWorld extends Passage {
  readonly records: RuntimeRecords;
  readonly archives: ArchiveRecords;
  /** Aborted when the runtime is wanted or the daemon stops. */
  readonly signal: (runtimeId: string) => AbortSignal;
  /** Drops what S3 has of the runtime; what can't be dropped now is swept later. */
  readonly discard: (runtimeId: string) => Promise<void>;
}

export function coolOperation(world: CoolWorld): OperationKind<Input, Data> {
  const { records, archives, home, signal, discard } = world;

  return {
    kind: "runtime-cool",
    input: Input,
    data: Data,
    subject: ({ runtimeId }) => subjectOf(runtimeId),
    steps: [
      {
        name: "send to S3",
        act: async ({ runtimeId }) => {
          const state = records.find(runtimeId)?.state;
          if (state !== "asleep") throw new Fault("conflict", `the runtime is ${state ?? "gone"}`);
          const known = archives.find(runtimeId);
          if (known) return known;
          // What a daemon that died has sent is of no use: each upload is sealed with a salt of its own.
          await discard(runtimeId);
          const name = `${runtimeId}/${randomUUID()}`;
          archives.sending(name, runtimeId);
          const begun = (upload: string) => archives.uploading(name, upload);
          return { name, ...(await send(world, runtimeId, name, begun, signal(runtimeId))) };
        },
        undo: async ({ runtimeId }) => {
          if (!archives.find(runtimeId)) await discard(runtimeId);
        },
      },
      {
        name: "verify",
        act: async ({ runtimeId }, data) => {
          if (!archives.find(runtimeId)) await verify(world, known(data), signal(runtimeId));
          return undefined;
        },
      },
      {
        name: "say that it is cold",
        act: async ({ runtimeId }, data) => {
          const { name, ...digest } = known(data);
          archives.cold(name, digest);
          records.setState(runtimeId, "asleep", "it has slept for long and lies in S3: it takes longer to wake");
          return undefined;
        },
      },
      {
        // From here on what S3 has is the copy that counts: nothing is taken back any more.
        name: "drop the local one",
        act: async ({ runtimeId }) => {
          await attempt(runtimeId, () => home.dropArchive(runtimeId));
          return undefined;
        },
      },
    ],
  };
}

/** @throws unless the archive has been sent */
function known({ name, bytes, sha256 }: Partial<Data>): Data {
  if (name === undefined || bytes === undefined || sha256 === undefined) throw new Error("nothing has been sent");
  return { name, bytes, sha256 };
}
