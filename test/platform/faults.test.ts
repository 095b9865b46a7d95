/** Lessons learnt the hard way by others: whatever is killed while a cell prints, its lines stand there once each. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../browser.ts";
import { signIn } from "./person.ts";
import { api, children, eventually, killHard, markco, processes, readProjectFile } from "./platform.ts";

const place = inject("platform");
const url = `http://localhost:${place.port}`;

const LINES = 60;
const SLOW_CELL = (language: string, code: string) => `# Slow\n\n\`\`\`${language}\n${code}\n\`\`\`\n`;
const PYTHON = `import time\nfor i in range(1, ${LINES} + 1):\n    print("line", i)\n    time.sleep(1)`;
const FLOOD = `import os
block = b"0123456789abcde\\n" * 65536
for _ in range(10_000): os.write(1, block)
print("the end")`;
const EXPECTED = Array.from({ length: LINES }, (_, i) => `line ${i + 1}`);

let projectId = "";

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), "faults-"));
  await writeFile(join(root, "mrmd.md"), "# Faults\n");
  await writeFile(join(root, "slow.md"), SLOW_CELL("python", PYTHON));
  await writeFile(join(root, "million.md"), SLOW_CELL("python", "for i in range(1_000_000): print(i)"));
  await writeFile(
    join(root, "flood.md"),
    `${SLOW_CELL("python", FLOOD)}\n${SLOW_CELL("python", "print('still here')")}`,
  );
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

test("in a cell of 60 s the browser that began it is closed, and daemon, editor server and worker are killed", async () => {
  const browser = await openBrowser();
  const person = await signIn(browser, url);
  await person.goto(`${url}/edit/@demo/faults/slow.md`);
  await person.locator(".cm-content").getByText("time.sleep(1)").click();
  await person.locator(".sync", { hasText: "Saved" }).waitFor();
  await person.keyboard.press("Shift+Enter");
  await eventually("the first lines", 30_000, async () => printed(await document()).length >= 3);
  await person.context().close();

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
  await eventually("all is saved", 10_000, async () => printed(await document()).length === LINES);
  expect(printed(await document())).toEqual(EXPECTED);
  expect((await document()).match(/^```output$/gm)).toHaveLength(1);
  // In a profile that has seen nothing of it.
  const other = await signIn(browser, url);
  await other.goto(`${url}/edit/@demo/faults/slow.md`);
  await eventually("they see all of the output", 20_000, async () => {
    const shown = await other.locator(".rendered-result pre.output").innerText();
    return printed(shown).join() === EXPECTED.join();
  });
  await browser.close();
});

test("of a million printed lines the document has the ends, and a file has all", async () => {
  const run = await markco(place, "run", "faults/million.md", "--json");
  expect(run.status).toBe(0);
  const text = await readProjectFile(place, projectId, "million.md");
  expect(text.length).toBeLessThan(40_000);
  expect(text).toMatch(
    /^```output\n0\n1\n[\s\S]*\n… [\d,]+ lines left out; all of it is in the file below …\n[\s\S]*\n999999\n```$/m,
  );
  const link = /^\[whole output\]\((_assets\/generated\/\w{12}\.txt)\)$/m.exec(text)?.[1] ?? "";
  const whole = await readProjectFile(place, projectId, link);
  expect(whole === Array.from({ length: 1_000_000 }, (_, i) => `${i}\n`).join("")).toBe(true);
});

test("of 10 GB the author reads the ends, the disk keeps its room, and the next cell runs", async () => {
  expect((await markco(place, "run", "faults/flood.md", "--json")).status).toBe(0);
  const text = await readProjectFile(place, projectId, "flood.md");
  expect(text.length).toBeLessThan(80_000);
  expect(text).toContain("the end");
  expect(text).toContain("still here");
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

  const machine = await processes(place.state, "/podman-init -- /usr/local/bin/markco-host daemon");
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
