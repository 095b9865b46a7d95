/** A platform that is stopped, started again and killed, while a cell prints. It has a state of its own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  eventually,
  killHard,
  markco,
  processes,
  ROOT,
  type RunningPlatform,
  readProjectFile,
  remains,
  startPlatform,
} from "./platform.ts";

const place = { state: join(ROOT, ".markco/test-restart"), port: 8796 };
const LINES = 25;
const PYTHON = `import time\nkept = "still here"\nfor i in range(1, ${LINES} + 1):\n    print("line", i)\n    time.sleep(1)`;

let platform: RunningPlatform | null = null;
let projectId = "";

beforeAll(async () => {
  await rm(place.state, { recursive: true, force: true });
  platform = await startPlatform(place);
  const root = await mkdtemp(join(tmpdir(), "restart-"));
  await writeFile(join(root, "mrmd.md"), "# Restart\n");
  await writeFile(
    join(root, "slow.md"),
    `# Slow\n\n\`\`\`python\n${PYTHON}\n\`\`\`\n\n\`\`\`python\nprint(kept)\n\`\`\`\n`,
  );
  projectId = JSON.parse((await markco(place, "import", root, "--name", "restart", "--json")).stdout).projectId;
});

afterAll(async () => {
  await platform?.stop();
  await rm(place.state, { recursive: true, force: true });
});

const document = () => readProjectFile(place, projectId, "slow.md").catch(() => "");
const printed = (text: string) => [...text.matchAll(/^line (\d+)$/gm)].map((match) => Number(match[1]));

test("Ctrl-C in the middle of a cell leaves nothing behind, and after the next start every line stands there once", async () => {
  const asked = markco(place, "run", "restart/slow.md");
  await eventually("the first lines", 30_000, async () => printed(await document()).length >= 5);
  await platform?.stop();
  expect(await remains(place.state, place.port)).toEqual([]);
  expect((await asked).status, "the command says that it lost the platform").not.toBe(0);

  platform = await startPlatform(place);
  await eventually("the cells end", (LINES + 40) * 1000, async () => (await document()).includes("still here\n```"));
  expect(printed(await document())).toEqual(Array.from({ length: LINES }, (_, i) => i + 1));
  expect((await document()).match(/^```output$/gm)).toHaveLength(2);
});

test("a second start beside a running one is refused in one line", async () => {
  const result = await markco(place, "start", "--port", String(place.port));
  expect(result.status).not.toBe(0);
  expect(result.stderr.trim().split("\n")).toHaveLength(1);
  expect(result.stderr).toMatch(/already running at/);
});

test("a port in use is named, with what to do", async () => {
  const taken = createServer().listen(8820, "127.0.0.1");
  try {
    const result = await markco({ ...place, state: `${place.state}-other` }, "start", "--port", "8820");
    expect(result.status).not.toBe(0);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stderr).toMatch(/8820.*--port/);
  } finally {
    taken.close();
    await rm(`${place.state}-other`, { recursive: true, force: true });
  }
});

test("after kill -9 of the start itself the next one clears up and goes on", async () => {
  await killHard(await processes(place.state, "infra/cli/main.ts start"));
  platform = await startPlatform(place);
  expect(printed(await document())).toHaveLength(LINES);
  expect((await markco(place, "run", "restart/slow.md", "--cell", "2")).status).toBe(0);
  expect(await document()).toContain("still here\n```");
});
