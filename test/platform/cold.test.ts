/** A runtime that sleeps for long costs the base server no disk: its archive lies in S3, sealed, and comes home when somebody returns. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stateFolders } from "../../infra/local/folders.ts";
import {
  api,
  eventually,
  markco,
  ROOT,
  type RunningPlatform,
  remains,
  runtimeView,
  startPlatform,
} from "./platform.ts";

const place = { state: join(ROOT, ".markco/test-cold"), port: 8841 };
const folders = stateFolders({ MARKCO_STATE: place.state });
/** As it stands in memory, and in an archive that is not sealed. */
const SECRET = "do not read me ".repeat(20);
const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;

let platform: RunningPlatform;
let projectId = "";

beforeAll(async () => {
  await rm(place.state, { recursive: true, force: true });
  await mkdir(place.state, { recursive: true });
  platform = await startPlatform(place, { MARKCO_COLD_SECONDS: "2" });
  const root = await mkdtemp(join(tmpdir(), "cold-"));
  await writeFile(join(root, "mrmd.md"), "# Cold\n");
  const keep = `import os\nsecret = "do not read me " * 20\nkept = os.urandom(30_000_000)\nprint("sum", hash(kept))`;
  await writeFile(join(root, "kept.md"), `# Kept\n\n${cell(keep)}\n${cell('print("still", hash(kept), len(secret))')}`);
  const imported = await markco(place, "import", root, "--name", "cold", "--json");
  expect(imported.stderr).toBe("");
  projectId = JSON.parse(imported.stdout).projectId;
}, 240_000);

afterAll(async () => {
  await platform?.stop();
  expect(await remains(place.state, place.port)).toEqual([]);
}, 120_000);

const view = () => runtimeView(place, projectId);
/** Beside the template that new runtimes are made from. */
const hasArchive = async () => (await readdir(join(folders.data, "checkpoints"))).includes((await view()).id);
/** What the S3 endpoint has on its disk, all of it. */
async function stored(): Promise<{ path: string; bytes: number }[]> {
  const found = await readdir(folders.s3, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => ({ path, bytes: (await stat(path)).size })));
}
const bigObjects = async () => (await stored()).filter(({ bytes }) => bytes > 10_000_000);
const goesCold = () =>
  eventually(
    "its archive leaves the disk",
    60_000,
    async () => (await view()).reason?.includes("S3") && !(await hasArchive()),
  );
const leavesS3 = () => eventually("S3 has nothing of it", 20_000, async () => (await bigObjects()).length === 0);

test("the archive of a long sleep goes to S3 sealed, and the runtime wakes with its variables from there", async () => {
  const before = (await markco(place, "run", "cold/kept.md", "--cell", "1")).stdout;
  const sum = /sum (-?\d+)/.exec(before)?.[1];
  expect(sum).toBeDefined();
  expect((await markco(place, "sleep", "cold")).status).toBe(0);
  await goesCold();
  const objects = await bigObjects();
  expect(objects.length).toBeGreaterThan(0);
  for (const { path } of objects) expect((await readFile(path)).includes(SECRET), "S3 can't read it").toBe(false);
  expect(((await stat(join(folders.data, "markco/archives.key"))).mode & 0o777).toString(8)).toBe("600");

  expect((await markco(place, "run", "cold/kept.md", "--cell", "2")).stdout).toContain(`still ${sum} 300`);
  expect(await view()).toMatchObject({ state: "running", reason: null });
  await leavesS3();
});

test("a cold runtime that is stopped leaves nothing in S3", async () => {
  expect((await markco(place, "sleep", "cold")).status).toBe(0);
  await goesCold();
  expect((await bigObjects()).length).toBeGreaterThan(0);
  expect((await api(place, `/api/projects/${projectId}/runtime/stop`, { method: "POST" })).ok).toBe(true);
  await leavesS3();
  expect(await view()).toMatchObject({ state: "stopped" });
});
