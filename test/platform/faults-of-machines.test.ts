/**
 * What the fault matrix can't kill: machines that never come up or are taken, networks that are lost or slow, full disks,
 * damaged archives. After each there is one owner, the runtime answers or says why not, its counter has neither gone back
 * nor skipped, nothing is left, and a second try works. A run takes a sample of them, as the matrix does.
 */
import { mkdtemp, open, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { stateFolders } from "../../infra/local/folders.ts";
import { cutOff, fillUp, reboot, slowDown } from "./machines.ts";
import { api, ec2, eventually, killHard, markco, processes, readProjectFile, runtimeView } from "./platform.ts";
import { sample } from "./sample.ts";

const place = inject("platform");
const data = stateFolders({ MARKCO_STATE: place.state }).data;
const SAMPLE = 1;
const SETTLES_MS = 90_000;
/** Shorter than what it takes for a host to be given up, and longer than what a call to it waits. */
const SHORT_CUT_MS = 25_000;

/** Slowly: of more than a few hundred lines the document shows the ends alone. What it holds in /dev/shm is a file of the machine's, and goes along with a move. */
const COUNTING = `import os, time
open("/dev/shm/held", "wb").write(os.urandom(12_000_000))
n = 0
while not os.path.exists("stop"):
    n += 1
    print("n", n, flush=True)
    time.sleep(0.15)`;
const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;

const faults: { readonly name: string; readonly run: () => Promise<void> }[] = [];
const fault = (name: string, run: () => Promise<void>) => faults.push({ name, run });

let projectId = "";
let folder = "";
let othersRunning = 0;
/** The cell that counts, from its start to its end. */
let counting: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  othersRunning = await supervisors();
  const root = await mkdtemp(join(tmpdir(), "machines-"));
  await writeFile(join(root, "mrmd.md"), "# Machines\n");
  await writeFile(join(root, "count.md"), `# Count\n\n${cell(COUNTING)}\n${cell("print('n is', n)")}`);
  projectId = JSON.parse((await markco(place, "import", root, "--name", "machines", "--json")).stdout).projectId;
  const journal = new DatabaseSync(join(data, "markco/journal.sqlite"), { readOnly: true });
  const row = journal.prepare("select owner_id from projects where id = ?").get(projectId);
  journal.close();
  folder = join(data, "users", String(row?.owner_id), "projects", projectId);
});

beforeEach(async () => {
  await rm(join(folder, "stop"), { force: true });
  const before = await document();
  counting = markco(place, "run", "machines/count.md", "--cell", "1");
  // What stood there from the test before is not this run's.
  await eventually("the first numbers", 60_000, async () => {
    const text = await document();
    return text !== before && numbersIn(text).length > 3;
  });
});

afterEach(async () => {
  await ec2(place, { do: "fail", faults: {} });
  await stopCounting();
  const seen = numbersIn(await document());
  const owners = (await supervisors()) - othersRunning;
  // Before anything is expected of it: what is left would be the next test's.
  await api(place, `/api/projects/${projectId}/runtime/stop`, { method: "POST" });
  await eventually("no machine is left", 60_000, async () => (await machines()).length === 0);
  expect(seen, "no number is lost or doubled").toEqual(Array.from({ length: seen.length }, (_, i) => i + 1));
  expect(owners, "owners").toBeLessThanOrEqual(1);
});

afterAll(async () => {
  await ec2(place, { do: "fail", faults: {} });
});

const document = () => readProjectFile(place, projectId, "count.md").catch(() => "");
const numbersIn = (text: string) => [...text.matchAll(/^n (\d+)$/gm)].map(([, n]) => Number(n));
const view = () => runtimeView(place, projectId);
const machines = async () => (await ec2(place)).filter(({ state }) => state !== "terminated");
const supervisors = async () =>
  (await processes(place.state, "/opt/markco/supervisor")).filter(({ command }) =>
    command.startsWith("/usr/bin/python3"),
  ).length;
const move = (tier: string) => markco(place, "move", "machines", tier, "--json");
const whyNot = (moved: { stdout: string }) => JSON.parse(moved.stdout).error?.message;

async function machineOf(tier: string, but = ""): Promise<string> {
  const found = await eventually(`a ${tier} comes up`, 60_000, async () =>
    (await machines()).find(({ type, id }) => type === tier && id !== but),
  );
  return found.id;
}

async function moveTo(tier: string): Promise<string> {
  await settled();
  expect(whyNot(await move(tier))).toBeUndefined();
  expect((await view()).tier).toBe(tier);
  return tier === "local" ? "base" : machineOf(tier);
}

async function goesOn(): Promise<void> {
  const before = numbersIn(await document()).length;
  await eventually("the output goes on", SETTLES_MS, async () => numbersIn(await document()).length > before + 3);
}

async function stopCounting(): Promise<void> {
  await writeFile(join(folder, "stop"), "");
  await counting;
}

/** Waits until no operation is under way. */
async function settled(): Promise<void> {
  await eventually("all has come to rest", SETTLES_MS, async () => {
    const { state, move: under } = await view();
    return under === null && ["running", "asleep", "failed", "stopped"].includes(state);
  });
}

fault("a machine that never comes up: the move is given up, the machine ended, and the next one works", async () => {
  await ec2(place, { do: "fail", faults: { stillborn: true } });
  expect(whyNot(await move("t3a.small"))).toMatch(/did not come up in time/);
  await goesOn();
  expect(await view()).toMatchObject({ state: "running", tier: "local" });
  await eventually("nothing of it is billed", 30_000, async () => (await machines()).length === 0);
  await ec2(place, { do: "fail", faults: {} });
  await moveTo("t3a.small");
  await goesOn();
});

fault("a spot machine that will be taken: the runtime is on another before that", async () => {
  const taken = await moveTo("g5.xlarge");
  await ec2(place, { do: "interrupt", instanceId: taken, afterMs: 60_000 });
  await eventually("it is on another machine", 55_000, async () => {
    const up = await machines();
    return up.length === 1 && up[0]?.id !== taken && (await view()).move === null;
  });
  expect(await view()).toMatchObject({ state: "running", tier: "g5.xlarge" });
  await goesOn();
});

fault("a spot machine that is taken because there are too few: the runtime goes to another kind in time", async () => {
  const taken = await moveTo("g5.xlarge");
  await ec2(place, { do: "fail", faults: { noCapacity: ["g5.xlarge"] } });
  await ec2(place, { do: "interrupt", instanceId: taken, afterMs: 60_000 });
  await eventually("it is on another machine", 55_000, async () => (await machines()).every(({ id }) => id !== taken));
  await settled();
  expect(await view()).toMatchObject({ state: "running" });
  await goesOn();
});

fault("a spot machine that will be taken while the runtime is on its way to it: it arrives, and moves on", async () => {
  const moved = move("g5.xlarge");
  const taken = await machineOf("g5.xlarge");
  await ec2(place, { do: "interrupt", instanceId: taken, afterMs: 60_000 });
  expect(whyNot(await moved)).toBeUndefined();
  await eventually("it is on another machine", 55_000, async () => (await machines()).every(({ id }) => id !== taken));
  await settled();
  expect(await view()).toMatchObject({ state: "running", tier: "g5.xlarge" });
  await goesOn();
});

fault("a network that is lost for a while: the runtime stays, and what it printed meanwhile is there", async () => {
  const machine = await moveTo("t3a.small");
  const putBack = await cutOff(place, machine);
  await wait(SHORT_CUT_MS);
  await putBack();
  await goesOn();
  expect(await view()).toMatchObject({ state: "running", tier: "t3a.small" });
  expect((await machines()).map(({ id }) => id)).toEqual([machine]);
});

fault("a network that is lost in the middle of a move: the runtime is at one end of it", async () => {
  const moved = move("t3a.small");
  const machine = await machineOf("t3a.small");
  await eventually("it begins to move", 60_000, async () => {
    const { move: under, tier } = await view();
    return tier === "t3a.small" || (under !== null && under.phase !== "" && under.phase !== "provision");
  });
  const putBack = await cutOff(place, machine);
  await wait(SHORT_CUT_MS);
  await putBack().catch(() => {}); // It may be gone already.
  await moved;
  await settled();
  expect((await view()).state).toBe("running");
  await goesOn();
  if ((await view()).tier === "local") await moveTo("t3a.small");
  await goesOn();
});

fault("a network that is lost for good: the machine is ended, its author is told, and a second try works", async () => {
  const machine = await moveTo("t3a.small");
  await cutOff(place, machine);
  await eventually("it is given up", SETTLES_MS, async () => (await view()).state === "failed");
  expect((await view()).reason).toBe("its machine was lost");
  await eventually("nothing of it is billed", 30_000, async () => (await machines()).length === 0);
  await counting;
  expect(await document()).toContain("its machine was lost");
  expect((await markco(place, "run", "machines/count.md", "--cell", "2")).status).toBe(1);
  expect(await view()).toMatchObject({ state: "running", tier: "local" });
});

fault(
  "an address lost at a restart because its folder was not on the volume: a machine that restarts is known again, and says so",
  async () => {
    const machine = await moveTo("t3a.small");
    await reboot(place, machine);
    // A stranger would be taken for lost after much longer, and could not say why the runtime has ended.
    await eventually("it is given up", 40_000, async () => (await view()).state === "failed");
    const { reason } = await view();
    expect(reason).toMatch(/its machine was restarted|its main process ended/);
    await counting;
    expect(await document()).toContain(reason);
    await eventually("nothing of it is billed", 30_000, async () => (await machines()).length === 0);
  },
);

fault(
  "an address that changed after stop and start: machines find a base server that was restarted, and the runtime goes on",
  async () => {
    const machine = await moveTo("t3a.small");
    const [base] = await processes(place.state, "/podman-init -- /usr/local/bin/markco-host daemon");
    expect(base).toBeDefined();
    if (base) await killHard([base]);
    await eventually(
      "the base server is back",
      60_000,
      async () => (await api(place, "/api/projects")).ok && (await view()),
    );
    await goesOn();
    expect(await view()).toMatchObject({ state: "running", tier: "t3a.small" });
    expect((await machines()).map(({ id }) => id)).toEqual([machine]);
  },
);

fault("a slow network: the runtime goes on while its memory follows, however long that takes", async () => {
  const machine = await moveTo("t3a.small");
  await slowDown(place, machine, "40mbit");
  await moveTo("t3a.medium");
  await goesOn();
  await eventually("the source is let go", SETTLES_MS, async () =>
    (await machines()).every(({ id }) => id !== machine),
  );
  expect(await view()).toMatchObject({ state: "running", tier: "t3a.medium" });
});

fault("a full disk at the target: the runtime goes on where it was", async () => {
  const machine = await moveTo("t3a.small");
  // Whichever way it is handed over: too small for its state.
  const full = [
    await fillUp(place, "base", "/run/markco/expected", "400k"),
    await fillUp(place, "base", "/data/checkpoints", "400k"),
  ];
  const giveBack = async () => {
    for (const empty of full) await empty();
  };
  try {
    expect(whyNot(await move("local"))).toBeDefined();
    expect(await view()).toMatchObject({ state: "running", tier: "t3a.small" });
    await goesOn();
    expect((await machines()).map(({ id }) => id)).toEqual([machine]);
  } finally {
    await giveBack();
  }
  await moveTo("local");
  await goesOn();
});

fault("a full disk where it should sleep: the runtime goes on, and sleeps when there is room", async () => {
  await moveTo("t3a.small");
  await stopCounting();
  const last = numbersIn(await document()).at(-1);
  const giveBack = await fillUp(place, "base", "/data/checkpoints", "1m");
  try {
    expect((await markco(place, "sleep", "machines")).status).toBe(1);
    await settled();
    expect(await view()).toMatchObject({ state: "running", tier: "t3a.small" });
    expect((await markco(place, "run", "machines/count.md", "--cell", "2")).stdout).toContain(`n is ${last}`);
  } finally {
    await giveBack();
  }
  expect((await markco(place, "sleep", "machines")).status).toBe(0);
  expect((await markco(place, "run", "machines/count.md", "--cell", "2")).stdout).toContain(`n is ${last}`);
});

/** The largest part of the archive of a runtime that sleeps: a part of its memory. */
async function partOfArchive(): Promise<string> {
  const root = join(data, "checkpoints", (await view()).id);
  expect(((await stat(root)).mode & 0o777).toString(8), "images of memory hold secrets: for root alone").toBe("700");
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const parts = files.map((entry) => join(entry.parentPath, entry.name));
  const sizes = new Map(await Promise.all(parts.map(async (part) => [part, (await stat(part)).size] as const)));
  return parts.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))[0] ?? "";
}

const DAMAGES = [
  ["ends too early", async (file: string) => truncate(file, Math.floor((await stat(file)).size * 0.6))],
  [
    "was changed",
    async (file: string) => {
      const opened = await open(file, "r+");
      await opened.write(Buffer.alloc(4096, 0xff), 0, 4096, Math.floor((await opened.stat()).size / 2));
      await opened.close();
    },
  ],
] as const;
for (const [how, damage] of DAMAGES) {
  fault(`an archive that ${how}: nothing wrong goes on, and the next cell has a new runtime`, async () => {
    await stopCounting();
    expect((await markco(place, "sleep", "machines")).status).toBe(0);
    const { epoch } = await view();
    await damage(await partOfArchive());
    await markco(place, "wake", "machines");
    // What is found at once is answered by a new runtime; the rest while its memory is read, when it runs already.
    await eventually("it is given up", SETTLES_MS, async () => {
      const now = await view();
      return now.state === "failed" || (now.state === "running" && now.epoch >= epoch + 2);
    });
    const after = await markco(place, "run", "machines/count.md", "--cell", "2");
    expect(after.stdout + (await document())).toMatch(/name 'n' is not defined/);
    const { signals, ...now } = await view();
    expect(now).toMatchObject({ state: "running", tier: "local" });
    expect(signals).toContainEqual(
      expect.objectContaining({ name: "lost", detail: expect.stringMatching(/its variables are gone$/) }),
    );
  });
}

for (const { name, run } of sample("faults of machines", faults, SAMPLE)) test(name, run);
