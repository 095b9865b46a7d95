import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { Actor } from "../../shared/daemon/actor.ts";
import type { HostAgent, HostFacts } from "../agent/host-agent.ts";
import { Journal } from "../journal/journal.ts";
import { type Project, UNPUBLISHED } from "../projects/projects.ts";
import { Snapshots } from "./snapshots.ts";

const QUOTA_BYTES = 1000;
const HERE: HostFacts = {
  cpuVendor: "AuthenticAMD",
  cpuFlags: ["sse4_2"],
  criu: "4.2.1",
  kernel: "6.12.0",
  runtimeImage: "image",
  memory: 1,
  lazyPages: true,
  criuProblem: null,
  gpu: null,
};
const project: Project = {
  id: randomUUID(),
  owner: { userId: randomUUID(), handle: "ada" },
  slug: "waves",
  site: UNPUBLISHED,
};
const person = (role: Actor["role"], userId: string = randomUUID()): Actor => ({
  userId,
  handle: "p",
  name: "P",
  role,
});
const owner = person("owner", project.owner.userId);
const [runner, other] = [person("runner"), person("runner")];

let frozenOn: HostFacts;
let bytes: number;
let dropped: string[];
let restored: string[];
let snapshots: Snapshots;

beforeEach(() => {
  [frozenOn, bytes, dropped, restored] = [HERE, 400, [], []];
  const base = {
    facts: async () => HERE,
    archive: async () => ({ ...frozenOn, bytes }),
    dropArchive: async (id: string) => {
      dropped.push(id);
    },
  } as Partial<HostAgent> as HostAgent;
  snapshots = new Snapshots({
    journal: new Journal(":memory:"),
    base,
    quotaBytes: QUOTA_BYTES,
    take: async ({ snapshotId }) => {
      try {
        await snapshots.keep(snapshotId, bytes);
      } catch (error) {
        snapshots.forget(snapshotId);
        throw error;
      }
    },
    restore: async (_project, id) => {
      restored.push(id);
    },
    original: async () => ({ runtimeId: randomUUID(), tier: "local" }),
    kept: () => {},
    gone: () => {},
  });
});

const namesFor = async (actor: Actor) => (await snapshots.list(project, actor)).snapshots.map(({ name }) => name);

test("a snapshot is its maker's and the project's owner's, until it is shared", async () => {
  const { id } = await snapshots.take(project, runner, { name: "mine" });
  expect([await namesFor(runner), await namesFor(owner), await namesFor(other)]).toEqual([["mine"], ["mine"], []]);
  await expect(snapshots.restore(project, other, id)).rejects.toMatchObject({ code: "not_found" });
  await snapshots.share(project, runner, id, true);
  expect(await namesFor(other)).toEqual(["mine"]);
  await snapshots.restore(project, other, id);
  expect(restored).toEqual([id]);
  await expect(snapshots.delete(project, other, id)).rejects.toMatchObject({ code: "forbidden" });
  await snapshots.delete(project, owner, id);
  expect(dropped).toEqual([id]);
});

test("the same id twice is one snapshot, the same name twice is refused", async () => {
  const snapshotId = randomUUID();
  const first = await snapshots.take(project, runner, { name: "once", snapshotId });
  expect(await snapshots.take(project, runner, { name: "once", snapshotId })).toEqual(first);
  await expect(snapshots.take(project, runner, { name: "once" })).rejects.toMatchObject({ code: "conflict" });
  expect((await snapshots.take(project, other, { name: "once" })).name).toBe("once");
});

test("a project's snapshots have a quota, and what does not fit is not kept by half", async () => {
  await snapshots.take(project, runner, { name: "one" });
  bytes = 700;
  await expect(snapshots.take(project, runner, { name: "two" })).rejects.toThrow(/would need .* may use/);
  expect(await snapshots.list(project, runner)).toMatchObject({ usedBytes: 400, quotaBytes: QUOTA_BYTES });
  expect(await namesFor(runner)).toEqual(["one"]);
});

test("one that can't be restored any more says why, and is not tried", async () => {
  const { id } = await snapshots.take(project, runner, { name: "old" });
  frozenOn = { ...HERE, cpuVendor: "GenuineIntel" };
  const [listed] = (await snapshots.list(project, runner)).snapshots;
  expect(listed?.problem).toMatch(/GenuineIntel/);
  await expect(snapshots.restore(project, runner, id)).rejects.toThrow(/can't be restored any more: .*GenuineIntel/);
  expect(restored).toEqual([]);
});
