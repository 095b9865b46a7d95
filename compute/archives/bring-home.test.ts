import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Fault } from "../../shared/daemon/fault.ts";
import { Journal } from "../journal/journal.ts";
import type { ElasticWorld } from "../runtime/elastic.ts";
import { RuntimeRecords } from "../runtime/records.ts";
import { bringHome } from "./bring-home.ts";
import { DamagedArchive } from "./seal.ts";

/** A runtime that sleeps, and what becomes of it when its archive can't be had for this reason. */
async function stateAfter(failure: Error | null): Promise<{ acting: string; after: string }> {
  const records = new RuntimeRecords(new Journal(":memory:"), () => {});
  const { id: runtimeId, projectId } = records.ofProject(randomUUID());
  records.setState(runtimeId, "asleep");
  let acting = "";
  const coldArchives = {
    has: () => true,
    fetch: async () => {
      acting = records.find(runtimeId)?.state ?? "";
      if (failure) throw failure;
    },
  };
  const giveUp = (id: string, reason: string) => records.setState(id, "failed", reason);
  const step = bringHome({ records, coldArchives, giveUp } as unknown as ElasticWorld);
  const input = { runtimeId, projectId };
  await step.act(input, {}).catch((error: Error) => step.undo?.(input, {}, error));
  return { acting, after: records.find(runtimeId)?.state ?? "" };
}

test("while the archive comes home, the runtime is said to wake", async () => {
  expect(await stateAfter(null)).toEqual({ acting: "waking", after: "waking" });
});

test("one that can't be had now sleeps on, one that is damaged is given up", async () => {
  expect((await stateAfter(new Fault("unavailable", "S3 does not answer"))).after).toBe("asleep");
  expect((await stateAfter(new DamagedArchive())).after).toBe("failed");
});
