import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { MAX_SANDBOXES } from "../../shared/daemon/contract.ts";
import { Journal } from "../journal/journal.ts";
import { type Project, UNPUBLISHED } from "../projects/projects.ts";
import { RuntimeRecords } from "../runtime/records.ts";
import { changesBetween } from "./changes.ts";
import { Sandboxes } from "./sandboxes.ts";

const project: Project = {
  id: randomUUID(),
  owner: { userId: randomUUID(), handle: "ada" },
  slug: "waves",
  site: UNPUBLISHED,
};

let journal: Journal;
let destroyed: { sandboxId: string; reason: string }[];
let sandboxes: Sandboxes;
let fails: Error | null;

beforeEach(() => {
  journal = new Journal(":memory:");
  [destroyed, fails] = [[], null];
  sandboxes = new Sandboxes({
    journal,
    records: new RuntimeRecords(journal, () => {}),
    create: async ({ sandboxId }) => {
      sandboxes.enter(sandboxId, fails ? "failed" : "running", fails?.message);
      if (fails) throw fails;
    },
    destroy: async (what) => {
      destroyed.push(what);
      sandboxes.enter(what.sandboxId, "ended", what.reason);
    },
    folderOf: () => "",
    original: async () => ({ runtimeId: randomUUID(), tier: "local" }),
  });
});

test("a project has so many at a time, and one that has ended makes room", async () => {
  const made = [];
  for (let i = 0; i < MAX_SANDBOXES; i++) made.push(await sandboxes.create(project, { minutes: 60 }));
  await expect(sandboxes.create(project, { minutes: 60 })).rejects.toMatchObject({ code: "limit" });
  await sandboxes.end(project, made[0]?.id ?? "");
  expect((await sandboxes.create(project, { minutes: 60 })).state).toBe("running");
});

test("the same id twice is one", async () => {
  const sandboxId = randomUUID();
  const first = await sandboxes.create(project, { sandboxId, minutes: 60 });
  expect(await sandboxes.create(project, { sandboxId, minutes: 5 })).toEqual(first);
  expect(sandboxes.ofProject(project)).toHaveLength(1);
});

test("its time over, it is destroyed; not before", async () => {
  const { id, expires } = await sandboxes.create(project, { minutes: 1 });
  await sandboxes.sweep(Date.parse(expires) - 1, 0);
  expect(destroyed).toEqual([]);
  await sandboxes.sweep(Date.parse(expires) + 1, 0);
  expect(destroyed).toEqual([{ sandboxId: id, reason: "its time was over" }]);
  expect(sandboxes.get(project, id)).toMatchObject({ state: "ended", reason: "its time was over" });
});

test("one that was being made when the daemon died is cleared up, one that could not be made says why", async () => {
  const sql =
    "insert into sandboxes (id, project_id, state, tier, created_ms, expires_ms) values (?, ?, 'starting', 'local', 0, 1)";
  const half = randomUUID();
  journal.run(sql, half, project.id);
  await sandboxes.recover(Promise.resolve());
  expect(sandboxes.get(project, half)).toMatchObject({ state: "ended" });
  fails = new Error("no room");
  await expect(sandboxes.create(project, { minutes: 60 })).rejects.toThrow("no room");
  expect(sandboxes.ofProject(project)[0]).toMatchObject({ state: "failed", reason: "no room" });
});

test("another project's is not found", async () => {
  const { id } = await sandboxes.create(project, { minutes: 60 });
  expect(() => sandboxes.get({ ...project, id: randomUUID() }, id)).toThrow("no such sandbox");
});

test("folders are compared file by file, also where the size is the same; tools' own files are left out", async () => {
  const root = await mkdtemp(join(tmpdir(), "changes-"));
  const write = async (path: string, text: string) => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const side of ["a", "b"]) {
    await write(`${side}/same.txt`, "same");
    await write(`${side}/sub/deep.txt`, side);
    await write(`${side}/.git/index`, side);
  }
  await write("a/gone.txt", "x");
  await write("b/new/new.txt", "xyz");
  expect((await changesBetween(join(root, "a"), join(root, "b"))).files).toEqual([
    { path: "gone.txt", change: "removed", bytes: 0 },
    { path: "new/new.txt", change: "added", bytes: 3 },
    { path: "sub/deep.txt", change: "changed", bytes: 1 },
  ]);
});
