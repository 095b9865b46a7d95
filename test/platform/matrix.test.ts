/**
 * The fault matrix: at every step of an operation something is killed, and afterwards there is one owner, nothing is lost or
 * doubled, and nothing is left behind. A run takes a sample, drawn by MARKCO_SEED (printed); MARKCO_MATRIX=all takes all.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { moveOperation } from "../../compute/runtime/move.ts";
import { sleepOperation } from "../../compute/runtime/sleep.ts";
import { wakeOperation } from "../../compute/runtime/wake.ts";
import { createOperation } from "../../compute/sandbox/create.ts";
import { destroyOperation } from "../../compute/sandbox/destroy.ts";
import { takeOperation } from "../../compute/snapshot/take.ts";
import { stateFolders } from "../../infra/local/folders.ts";
import { SandboxList } from "../../shared/daemon/contract.ts";
import { api, ec2, eventually, killHard, markco, processes, readProjectFile, runtimeView } from "./platform.ts";
import { sample } from "./sample.ts";

const place = inject("platform");
const data = stateFolders({ MARKCO_STATE: place.state }).data;
const SAMPLE = 4;
const SETTLES_MS = 150_000;

const OPERATIONS = {
  "runtime-move": moveOperation({} as never).steps.map(({ name }) => name),
  "runtime-sleep": sleepOperation({} as never).steps.map(({ name }) => name),
  "runtime-wake": wakeOperation({} as never, () => {}).steps.map(({ name }) => name),
  "sandbox-create": createOperation(
    {} as never,
    async () => {},
    () => {},
  ).steps.map(({ name }) => name),
  "sandbox-destroy": destroyOperation({} as never, () => {}).steps.map(({ name }) => name),
  "snapshot-take": takeOperation({} as never, async () => {}, {} as never).steps.map(({ name }) => name),
} as const;
type Operation = keyof typeof OPERATIONS;

/** What is killed, by where it runs: on the base server, the machine that the runtime leaves, or the one that it goes to. */
const VICTIMS = [
  "daemon",
  "source agent",
  "target agent",
  "source Podman",
  "target Podman",
  "target host",
  "CRIU",
  "source page-server",
  "target page-relay",
] as const;
type Victim = (typeof VICTIMS)[number];

interface Case {
  readonly operation: Operation;
  readonly step: number;
  readonly victim: Victim;
}

/** The others happen on the base server, or between it and a machine, so killing the daemon is killing the base server's agent. */
const CASES: readonly Case[] = Object.entries(OPERATIONS).flatMap(([operation, steps]) =>
  steps.flatMap((_, step) =>
    VICTIMS.filter((victim) => operation === "runtime-move" || victim === "daemon" || victim === "CRIU").map(
      (victim) => ({ operation: operation as Operation, step, victim }),
    ),
  ),
);

const chosen = sample("fault matrix", CASES, SAMPLE);
const outcomes: string[] = [];

/** Slowly: of more than a few thousand lines the document shows the ends alone. */
const COUNTING = `import os, time
n = 0
while not os.path.exists("stop"):
    n += 1
    print("n", n, flush=True)
    time.sleep(0.1)`;
const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;

let projectId = "";
let folder = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "matrix-"));
  await writeFile(join(root, "mrmd.md"), "# Matrix\n");
  await writeFile(join(root, "count.md"), `# Count\n\n${cell(COUNTING)}\n${cell("print('n is', n)")}`);
  const imported = await markco(place, "import", root, "--name", "matrix", "--json");
  projectId = JSON.parse(imported.stdout).projectId;
  const { dir } = await projectFolder();
  folder = dir;
});

afterAll(async () => {
  console.log(["operation | step | killed | outcome", ...outcomes].join("\n"));
  // Other files count machines.
  await api(place, `/api/projects/${projectId}/runtime/stop`, { method: "POST" });
  await eventually("no machine is left", 60_000, async () => (await machines()).length === 0);
});

async function projectFolder(): Promise<{ dir: string }> {
  const journal = new DatabaseSync(join(data, "markco/journal.sqlite"), { readOnly: true });
  const row = journal.prepare("select owner_id from projects where id = ?").get(projectId);
  journal.close();
  return { dir: join(data, "users", String(row?.owner_id), "projects", projectId) };
}

const document = () => readProjectFile(place, projectId, "count.md").catch(() => "");
const numbersIn = (text: string) => [...text.matchAll(/^n (\d+)$/gm)].map(([, n]) => Number(n));
const numbers = async () => numbersIn(await document());
const view = () => runtimeView(place, projectId);
const machines = async () => (await ec2(place)).filter(({ state }) => state !== "terminated");
const instanceOf = async (tier: string) => (await machines()).find(({ type }) => type === tier);

async function goesOn(): Promise<void> {
  const before = (await numbers()).length;
  await eventually("the output goes on", SETTLES_MS, async () => (await numbers()).length > before + 3);
}

test.each(
  chosen.map((one) => [`${one.operation}, "${OPERATIONS[one.operation][one.step]}", ${one.victim} killed`, one]),
)("%s", { timeout: 400_000 }, async (name, one) => {
  await rm(join(folder, "stop"), { force: true });
  const began = Date.now();
  // From one machine to another, or from a machine to the base server and back.
  const before = await document();
  const run = markco(place, "run", "matrix/count.md", "--cell", "1");
  // What stood there from the case before is not this run's.
  await eventually("the first numbers", 60_000, async () => {
    const text = await document();
    return text !== before && numbersIn(text).length > 3;
  });
  await moveTo("t3a.small");
  let struck: string | null = null;
  if (one.operation === "runtime-move") {
    struck = await strike(one, () => markco(place, "move", "matrix", "t3a.medium"));
    await settled();
    const lost = (await view()).state === "failed";
    if (lost) expect(mayBeLost(one), "lost").toBe(true);
    else {
      await goesOn();
      expect((await instances()).length, "machines that are up").toBe((await view()).tier === "local" ? 0 : 1);
    }
    if (!lost) await moveTo((await view()).tier === "t3a.medium" ? "t3a.small" : "t3a.medium");
    await writeFile(join(folder, "stop"), "");
    await run;
  } else if (one.operation !== "runtime-sleep" && one.operation !== "runtime-wake") {
    struck = await strikeCopy(one);
    await goesOn();
    await writeFile(join(folder, "stop"), "");
    await run;
  } else {
    await writeFile(join(folder, "stop"), "");
    await run;
    const sleep = () => markco(place, "sleep", "matrix");
    const wake = () => markco(place, "wake", "matrix");
    if (one.operation === "runtime-sleep") struck = await strike(one, sleep);
    else {
      expect((await sleep()).status).toBe(0);
      struck = await strike(one, wake);
    }
    await settled();
    expect(["running", "asleep"]).toContain((await view()).state);
    const last = (await numbers()).at(-1);
    const after = await markco(place, "run", "matrix/count.md", "--cell", "2");
    expect(after.stdout).toContain(`n is ${last}`);
  }
  if (isThere(one)) expect(struck, "there was somebody to kill").not.toBeNull();
  const seen = await numbers();
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i + 1));
  expect((await processes(place.state, "/opt/markco/supervisor")).length, "supervisors").toBeLessThanOrEqual(1);
  outcomes.push(
    `${name} | ${struck ? `struck in "${struck}"` : "nobody there"} | ${(await view()).state} | ${Date.now() - began} ms`,
  );
});

/**
 * What only a machine had that was killed can't be had back. Nor can memory that is on its way when what brings it is killed: the
 * runtime runs at the target by then, and its source is behind it.
 */
function mayBeLost({ operation, step, victim }: Case): boolean {
  const isUnderWay = step >= OPERATIONS[operation].indexOf("let it go on");
  return victim === "target host" || (isUnderWay && isPassing(victim));
}

/** Of the runtime while its cell counts. Afterwards nothing is half there, and a second try works. */
async function strikeCopy(one: Case): Promise<string | null> {
  await moveTo("local");
  const fork = async () => (await markco(place, "fork", "matrix")).stdout.trim();
  const end = (id: string) => markco(place, "fork", "matrix", id, "--end");
  const keep = (name: string) => markco(place, "snapshot", "matrix", name);
  const sandboxes = async () =>
    SandboxList.parse(await (await api(place, `/api/projects/${projectId}/sandboxes`)).json()).sandboxes;
  let struck: string | null = null;
  if (one.operation === "snapshot-take") struck = await strike(one, () => keep("struck"));
  else if (one.operation === "sandbox-create") struck = await strike(one, fork);
  else {
    const id = await fork();
    struck = await strike(one, () => end(id));
  }
  await eventually("no sandbox is half there", SETTLES_MS, async () =>
    (await sandboxes()).every(({ state }) => state !== "starting"),
  );
  for (const { id, state } of await sandboxes()) if (state !== "ended") await end(id);
  const again = await eventually("a second try works", SETTLES_MS, fork);
  // In a session of its own: the cell that counts goes on there, too, and would never let another in.
  const tried = await markco(place, "fork", "matrix", again, "--run", "echo it runs", "--language", "bash");
  expect(tried.stdout).toContain("it runs");
  await end(again);
  await markco(place, "snapshot", "matrix", "--delete", "struck");
  await eventually("a second snapshot", SETTLES_MS, async () => (await keep("again")).status === 0);
  await markco(place, "snapshot", "matrix", "--delete", "again");
  return struck;
}

async function instances() {
  return eventually("only what is wanted is up", 60_000, async () => {
    const up = await machines();
    return up.length <= 1 && up;
  });
}

async function moveTo(tier: string): Promise<void> {
  await eventually(`it moves to ${tier}`, SETTLES_MS, async () => {
    if ((await view()).tier === tier) return true;
    await markco(place, "move", "matrix", tier);
    return (await view()).tier === tier;
  });
}

/** Waits until no operation is under way and the base server answers. */
async function settled(): Promise<void> {
  await eventually("all has come to rest", SETTLES_MS, async () => {
    const { state, move } = await view();
    return move === null && ["running", "asleep", "failed", "stopped"].includes(state);
  });
}

/**
 * Begins the operation and kills the victim when the journal says that the step acts, or as soon after that as can be: a step may be
 * over in a millisecond. Returns the step that acted, or null if there was nobody to kill.
 */
async function strike({ operation, step, victim }: Case, begin: () => Promise<unknown>): Promise<string | null> {
  const source = (await instanceOf("t3a.small"))?.id;
  const beganMs = Date.now();
  const begun = begin();
  const journal = new DatabaseSync(join(data, "markco/journal.sqlite"), { readOnly: true });
  const query = journal.prepare(
    "select step, state from operations where kind = ? and created_ms >= ? order by created_ms desc limit 1",
  );
  const deadline = Date.now() + 60_000;
  let struck: string | null = null;
  while (Date.now() < deadline && struck === null) {
    const row = query.get(operation, beganMs);
    const at = Number(row?.step ?? -1);
    const isOver = row !== undefined && row.state !== "running";
    // Those are there for a part of a step only, and are looked for as long as it lasts.
    if (isOver || (at > step && isPassing(victim))) break;
    if (at >= step && (await kill(victim, source))) struck = OPERATIONS[operation][at] ?? "its end";
    await wait(2);
  }
  journal.close();
  await begun;
  return struck;
}

/** CRIU and what brings memory are there for a moment; the others as long as their machine. */
const isPassing = (victim: Victim) => /CRIU|page-/.test(victim);

/** Whether there is somebody to kill, whatever the machine is busy with. */
function isThere({ operation, step, victim }: Case): boolean {
  if (isPassing(victim)) return false;
  if (operation !== "runtime-move") return false;
  return !victim.startsWith("target") || step > OPERATIONS[operation].indexOf("bring the host up");
}

async function kill(victim: Victim, source: string | undefined): Promise<boolean> {
  const target = (await instanceOf("t3a.medium"))?.id;
  if (victim === "target host") {
    if (target) await ec2(place, { do: "lose", instanceId: target });
    return target !== undefined;
  }
  const text = {
    daemon: "markco.mjs daemon",
    agent: "markco.mjs agent",
    Podman: "podman system service",
    CRIU: "criu",
    "page-server": "markco.mjs page-server",
    "page-relay": "markco.mjs page-relay",
  };
  const [where = "", what = ""] = victim.includes(" ") ? victim.split(" ") : ["", victim];
  const wanted = { source, target, "": undefined }[where];
  if (where !== "" && wanted === undefined) return false;
  const found = await processes(place.state, text[what as keyof typeof text]);
  const victims: { pid: number }[] = [];
  for (const { pid, command } of found) {
    if (/setpriv|markco-host/.test(command)) continue;
    const host = (await readFile(`/proc/${pid}/root/etc/hostname`, "utf8").catch(() => "")).trim();
    if (where === "" || host === wanted) victims.push({ pid });
  }
  if (victims.length > 0) await killHard(victims);
  return victims.length > 0;
}
