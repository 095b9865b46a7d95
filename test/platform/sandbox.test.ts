/** Copies of a runtime's state: sandboxes beside it, and snapshots to go back to. */
import { access, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { stateFolders } from "../../infra/local/folders.ts";
import { SandboxList, SandboxState, SnapshotList } from "../../shared/daemon/contract.ts";
import { api, eventually, markco, processes, runtimeView } from "./platform.ts";

const place = inject("platform");
let projectId = "";
let sandboxes = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "copies-"));
  await writeFile(join(root, "mrmd.md"), "# Copies\n");
  await writeFile(join(root, "data.txt"), "of the project\n");
  projectId = JSON.parse((await markco(place, "import", root, "--name", "copies", "--json")).stdout).projectId;
  const { owner } = await (await api(place, `/api/projects/${projectId}`)).json();
  sandboxes = join(stateFolders({ MARKCO_STATE: place.state }).data, "users", owner.userId, "sandboxes");
  await here("import random, os, secrets; random.seed(7); kept = list(range(1000)); kept.append('end')");
});

afterAll(async () => {
  await api(place, `/api/projects/${projectId}/runtime/stop`, { method: "POST" });
});

/** What a command prints that says nothing else. */
async function printed(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await markco(place, ...args);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.trim();
}
/** What code prints in the project's own runtime. */
const here = (code: string) => printed("mrp", "copies", code);
const inside = (sandboxId: string, code: string) => printed("fork", "copies", sandboxId, "--run", code);
const fork = () => printed("fork", "copies");
const end = (sandboxId: string) => markco(place, "fork", "copies", sandboxId, "--end");
const supervisors = async () => (await processes(place.state, "/opt/markco/supervisor")).length;
async function snapshots(): Promise<SnapshotList> {
  return SnapshotList.parse(await (await api(place, `/api/projects/${projectId}/runtime/snapshots`)).json());
}

test("a sandbox has all that the original has, and nothing that it does reaches the original", async () => {
  const before = await supervisors();
  const sandboxId = await fork();
  expect(await inside(sandboxId, "print(len(kept), kept[-1], open('data.txt').read().strip())")).toBe(
    "1001 end of the project",
  );
  await inside(sandboxId, "kept.clear(); open('data.txt', 'w').write('of the sandbox'); open('new.txt', 'w').close()");
  await inside(sandboxId, "os.remove('mrmd.md')");
  expect(await here("print(len(kept), open('data.txt').read().strip(), os.path.exists('new.txt'))")).toBe(
    "1001 of the project False",
  );
  const changes = await (await api(place, `/api/projects/${projectId}/sandboxes/${sandboxId}/changes`)).json();
  expect(changes.files).toEqual([
    { path: "data.txt", change: "changed", bytes: 14 },
    { path: "mrmd.md", change: "removed", bytes: 0 },
    { path: "new.txt", change: "added", bytes: 0 },
  ]);
  expect((await end(sandboxId)).status).toBe(0);
  expect(await supervisors()).toBe(before);
  await expect(access(join(sandboxes, sandboxId))).rejects.toThrow();
  expect(await here("print(len(kept))")).toBe("1001");
});

test("images of memory hold secrets and random state: two clones shared them. Here each has its own identity and entropy", async () => {
  const [one, other] = [await fork(), await fork()];
  const who =
    "print(random.random(), os.urandom(8).hex(), os.uname().nodename, open('/proc/net/fib_trie').read().count('\\n'))";
  const address = "import socket; print(socket.gethostname())";
  const [a, b, own] = [await inside(one, who), await inside(other, who), await here(who)].map((text) =>
    text.split(" "),
  );
  for (const i of [0, 1, 2]) expect(new Set([a?.[i], b?.[i], own?.[i]]).size, `word ${i}`).toBe(3);
  expect(new Set([await inside(one, address), await inside(other, address)]).size).toBe(2);
  const listed = SandboxList.parse(await (await api(place, `/api/projects/${projectId}/sandboxes`)).json());
  const alive = listed.sandboxes.filter(({ state }) => state === "running").map(({ id }) => id);
  expect(alive.toSorted()).toEqual([one, other].toSorted());
  for (const id of [one, other]) await end(id);
});

test("a fork of a runtime with a cell under way: the cell goes on in both, and the document hears of the original's alone", async () => {
  const body = JSON.stringify({
    execId: crypto.randomUUID(),
    code: "import time\nfor i in range(60):\n    print('tick', i, flush=True); time.sleep(0.05)",
    session: `${projectId}:default`,
  });
  const headers = { "content-type": "application/json" };
  const running = api(place, `/api/projects/${projectId}/mrp/v1/execute`, { method: "POST", headers, body });
  const view = () => api(place, `/api/projects/${projectId}/mrp/v1/sessions`).then((answer) => answer.json());
  await eventually("it runs", 10_000, async () => (await view()).sessions[0]?.state === "busy");
  const sandboxId = await fork();
  const { stdout } = await (await running).json();
  expect([...stdout.matchAll(/^tick (\d+)$/gm)].map(([, n]: RegExpMatchArray) => Number(n))).toEqual(
    Array.from({ length: 60 }, (_, i) => i),
  );
  expect(await inside(sandboxId, "print(i)")).toBe("59");
  await end(sandboxId);
});

test("a fork of a runtime that falls asleep meanwhile, at whatever moment: it is woken for it", async () => {
  for (const afterMs of [0, 60, 200]) {
    const forked = api(place, `/api/projects/${projectId}/sandboxes`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ minutes: 5 }),
    });
    await setTimeout(afterMs);
    const asleep = await api(place, `/api/projects/${projectId}/runtime/sleep`, { method: "POST" });
    expect(asleep.status, `sleep after ${afterMs} ms`).toBeLessThan(300);
    const sandbox = SandboxState.parse(await (await forked).json());
    expect(sandbox, `sleep after ${afterMs} ms`).toMatchObject({ state: "running", reason: null });
    expect(await inside(sandbox.id, "print(len(kept))")).toBe("1001");
    await end(sandbox.id);
    expect(await here("print(len(kept))")).toBe("1001");
  }
});

test("a sandbox that has ended says so, and runs nothing any more", async () => {
  const sandboxId = await fork();
  const state = async () =>
    SandboxState.parse(await (await api(place, `/api/projects/${projectId}/sandboxes/${sandboxId}`)).json());
  expect((await state()).state).toBe("running");
  await end(sandboxId);
  expect(await state()).toMatchObject({ state: "ended", reason: "it was told to end" });
  const late = await markco(place, "fork", "copies", sandboxId, "--run", "1", "--json");
  expect(JSON.parse(late.stdout).error.message).toMatch(/no such sandbox/);
});

test("a snapshot is gone back to, from whatever the runtime has become since", async () => {
  await here("value = 'first'");
  expect((await markco(place, "snapshot", "copies", "before")).status).toBe(0);
  await here("value = 'second'; kept.clear()");
  expect((await markco(place, "snapshot", "copies", "--restore", "before")).status).toBe(0);
  expect(await here("print(value, len(kept))")).toBe("first 1001");
  await here("value = 'third'");
  await api(place, `/api/projects/${projectId}/runtime/stop`, { method: "POST" });
  expect((await markco(place, "snapshot", "copies", "--restore", "before")).status).toBe(0);
  expect(await here("print(value)")).toBe("first");
  expect((await snapshots()).snapshots).toMatchObject([{ name: "before", problem: null, shared: false }]);
});

test("a snapshot's name is taken once, and what is deleted is gone", async () => {
  const again = await markco(place, "snapshot", "copies", "before", "--json");
  expect(JSON.parse(again.stdout).error.message).toMatch(/you have a snapshot "before" already/);
  expect((await markco(place, "snapshot", "copies", "--delete", "before")).status).toBe(0);
  expect(await snapshots()).toMatchObject({ snapshots: [], usedBytes: 0 });
  expect((await runtimeView(place, projectId)).state).toBe("running");
});
