/** Lessons learnt the hard way by others: whatever is killed while a cell prints, its lines stand there once each. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { api, children, eventually, killHard, markco, processes, readProjectFile } from "./platform.ts";

const place = inject("platform");

const LINES = 60;
const SLOW_CELL = (language: string, code: string) => `# Slow\n\n\`\`\`${language}\n${code}\n\`\`\`\n`;
const PYTHON = `import time\nfor i in range(1, ${LINES} + 1):\n    print("line", i)\n    time.sleep(1)`;
const EXPECTED = Array.from({ length: LINES }, (_, i) => `line ${i + 1}`);

let projectId = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "faults-"));
  await writeFile(join(root, "mrmd.md"), "# Faults\n");
  await writeFile(join(root, "slow.md"), SLOW_CELL("python", PYTHON));
  const imported = await markco(place, "import", root, "--name", "faults", "--json");
  expect(imported.stderr).toBe("");
  projectId = JSON.parse(imported.stdout).projectId;
});

const document = () => readProjectFile(place, projectId, "slow.md").catch(() => "");
const printed = (text: string) => [...text.matchAll(/^line \d+$/gm)].map(([line]) => line);

/** Waits until the document has more lines than it has now: whatever was killed is at work again. */
async function goesOn(after: string): Promise<void> {
  const before = printed(await document()).length;
  await eventually(`the output goes on after ${after}`, 30_000, async () => printed(await document()).length > before);
}

test("kill -9 of daemon, editor server and worker, one after the other, in one cell of 60 s", async () => {
  // The command line is only the one that asked: it may lose its connection with what is killed, the run may not.
  const asked = markco(place, "run", "faults/slow.md", "--json");
  await eventually("the first lines", 30_000, async () => printed(await document()).length >= 3);

  for (const [name, find] of [
    ["the daemon", () => processes(place.state, "/opt/markco/markco.mjs daemon")],
    ["the editor server", () => processes(place.state, "/opt/markco/server.mjs")],
    [
      "the worker",
      async () =>
        (await Promise.all((await processes(place.state, "services/edge.ts")).map(({ pid }) => children(pid)))).flat(),
    ],
  ] as const) {
    const victims = await find();
    expect(victims.length, `${name} runs`).toBeGreaterThan(0);
    await killHard(victims);
    await eventually(
      `${name} is back`,
      30_000,
      async () => (await api(place, "/api/projects")).ok && (await find()).length > 0,
    );
    await goesOn(name);
  }

  await eventually("the cell ends", (LINES + 30) * 1000, async () => printed(await document()).length >= LINES);
  await asked;
  expect(printed(await document())).toEqual(EXPECTED);
  expect((await document()).match(/^```output$/gm)).toHaveLength(1);
});

test("no container is orphaned: there is one runtime for each project that says it has one", async () => {
  const { projects } = await (await api(place, "/api/projects")).json();
  const states = await Promise.all(
    projects.map(
      async (project: { projectId: string }) =>
        (await (await api(place, `/api/projects/${project.projectId}`)).json()).runtime?.state,
    ),
  );
  const supervisors = (await processes(place.state, "/opt/markco/supervisor")).filter(({ command }) =>
    command.startsWith("/usr/bin/python3"),
  );
  expect(supervisors).toHaveLength(states.filter((state) => state === "running").length);
});

test("while the base server is down, published pages answer and the rest says so", async () => {
  const root = await mkdtemp(join(tmpdir(), "published-"));
  await writeFile(join(root, "mrmd.md"), '```yaml config\npublish: { url: "@demo/stays", visibility: public }\n```\n');
  await writeFile(join(root, "01-page.md"), "# It stays\n");
  expect((await markco(place, "import", root, "--name", "stays")).status).toBe(0);
  expect((await markco(place, "publish", "stays")).status).toBe(0);

  const machine = await processes(place.state, "/podman-init -- /usr/local/bin/markco-host");
  expect(machine).toHaveLength(1);
  // Whoever would start it again has to wait until we have looked.
  const keepers = await processes(place.state, "infra/cli/main.ts start");
  for (const { pid } of keepers) process.kill(pid, "SIGSTOP");
  try {
    await killHard(machine);
    const page = await fetch(`http://localhost:${place.port}/@demo/stays/page`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("It stays");
    const refused = await api(place, `/api/projects/${projectId}`);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: "unavailable" } });
  } finally {
    for (const { pid } of keepers) process.kill(pid, "SIGCONT");
  }
  await eventually("the base server is back", 60_000, async () => (await api(place, `/api/projects/${projectId}`)).ok);
});
