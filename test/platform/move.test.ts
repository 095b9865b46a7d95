/** A runtime moves between machines while a cell runs: its output, its variables and its files go on as if nothing had been. */
import { randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { api, ec2, eventually, markco, readProjectFile } from "./platform.ts";

const place = inject("platform");
const COUNT = 600;
const COUNTING = `import time, os
kept = os.urandom(64).hex()
file = open("counted.txt", "w")
for i in range(1, ${COUNT} + 1):
    print("n", i, flush=True)
    file.write(f"{i}\\n"); file.flush()
    time.sleep(0.02)
file.close()
print("end", len(kept))`;
const WAITING = `print("wai" + "ts", flush=True); time.sleep(3)`;
const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;

let projectId = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "move-"));
  await writeFile(join(root, "mrmd.md"), "# Moves\n");
  await writeFile(
    join(root, "count.md"),
    `# Count\n\n${cell(COUNTING)}\n${cell("print('kept', len(kept))")}\n${cell(WAITING)}`,
  );
  const imported = await markco(place, "import", root, "--name", "moves", "--json");
  expect(imported.stderr).toBe("");
  projectId = JSON.parse(imported.stdout).projectId;
});

const document = () => readProjectFile(place, projectId, "count.md").catch(() => "");
const numbers = (text: string) => [...text.matchAll(/^n (\d+)$/gm)].map(([, n]) => Number(n));
/** Tiers of the machines that are up and not on their way out. */
async function hosts(): Promise<string[]> {
  const { hosts } = JSON.parse((await markco(place, "hosts", "--json")).stdout);
  return hosts.flatMap(({ tier, state }: { tier: string; state: string }) => (state === "leaving" ? [] : [tier]));
}
const move = (tier: string) => markco(place, "move", "moves", tier, "--json");
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test("copy, start, then kill lost what came after the copy: a counting cell moves three times and nothing is lost or doubled", async () => {
  const run = markco(place, "run", "moves/count.md", "--cell", "1", "--json");
  await eventually("the first numbers", 60_000, async () => numbers(await document()).length > 5);
  for (const tier of ["t3.medium", "t3a.large", "local"]) {
    const moved = await move(tier);
    expect(moved.stderr).toBe("");
    expect(JSON.parse(moved.stdout)).toMatchObject({ state: "done", to: tier.replace("t3.", "t3a.") });
    expect(await hosts()).toEqual(tier === "local" ? [] : [tier.replace("t3.", "t3a.")]);
  }
  expect((await run).status).toBe(0);
  expect(numbers(await document())).toEqual(upTo(COUNT));
  expect((await readProjectFile(place, projectId, "counted.txt")).trim().split("\n").map(Number)).toEqual(upTo(COUNT));
  await eventually("no machine is left", 30_000, async () =>
    (await ec2(place)).every(({ state }) => state === "terminated"),
  );
});

test("a runtime with a cell under way is not put to sleep", async () => {
  const run = markco(place, "run", "moves/count.md", "--cell", "3");
  await eventually("it runs", 30_000, async () => (await document()).includes("waits"));
  expect(JSON.parse((await markco(place, "sleep", "moves", "--json")).stdout).error.message).toMatch(
    /a cell is running/,
  );
  expect((await run).status).toBe(0);
});

test("a runtime that was put to sleep on another machine wakes with its variables, and sleeping costs none", async () => {
  expect((await move("t3a.small")).status).toBe(0);
  const asleep = await markco(place, "sleep", "moves", "--json");
  expect(JSON.parse(asleep.stdout)).toMatchObject({ state: "asleep" });
  await eventually("no machine is left", 30_000, async () =>
    (await ec2(place)).every(({ state }) => state === "terminated"),
  );
  expect((await markco(place, "run", "moves/count.md", "--cell", "2")).stdout).toContain("kept 128");
});

test("a move that can't be leaves the runtime where it was", async () => {
  const fail = (faults: object) => ec2(place, { do: "fail", faults });
  const refused = async (tier: string) => JSON.parse((await move(tier)).stdout).error.message;
  expect(await refused("t9.giant")).toMatch(/no tier "t9.giant"; there are: local, t3a.small/);
  expect(await refused("local")).toMatch(/on local already/);
  await fail({ noCapacity: ["t3a.small"] });
  expect(await refused("t3a.small")).toMatch(/no t3a.small to be had/);
  await fail({});
  expect((await markco(place, "run", "moves/count.md", "--cell", "2")).stdout).toContain("kept 128");
  expect(await hosts()).toEqual([]);
});

test("a move that is asked for twice happens once", async () => {
  const body = JSON.stringify({ tier: "t3a.small", moveId: randomUUID() });
  const ask = async () => {
    const answer = await api(place, `/api/projects/${projectId}/runtime/move`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    return { status: answer.status, move: await answer.json() };
  };
  const [first, second] = [await ask(), await ask()];
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.move.id).toBe(first.move.id);
  await eventually("it has moved", 60_000, async () => {
    const { move: now } = await ask();
    return now.state === "done" && now;
  });
  expect((await hosts()).length).toBe(1);
  expect((await move("local")).status).toBe(0);
});

test("each machine that was launched is on the bill, to the second", async () => {
  const bill = await eventually("all machines have ended", 60_000, async () => {
    const now = JSON.parse((await markco(place, "cost", "--json")).stdout);
    return now.projects.every(({ running }: { running: boolean }) => !running) && now;
  });
  const mine = bill.projects.filter(({ project }: { project: string }) => project === "moves");
  expect(mine.map(({ tier }: { tier: string }) => tier).toSorted()).toEqual(["t3a.large", "t3a.medium", "t3a.small"]);
  expect(bill.dollars).toBeGreaterThan(0);
  expect(bill.alwaysOnDollars).toBeGreaterThan(bill.dollars);
});
