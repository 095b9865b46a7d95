/**
 * The author's day with an elastic runtime, in a real browser: it grows, moves, gets a GPU machine, sleeps, wakes and is forked,
 * and the cell and its variables go on. The platform is one of its own, with small tiers, so that a machine is outgrown in seconds.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../browser.ts";
import { signIn } from "./person.ts";
import {
  ec2,
  eventually,
  markco,
  ROOT,
  type RunningPlatform,
  readProjectFile,
  remains,
  runtimeView,
  startPlatform,
} from "./platform.ts";

const place = { state: join(ROOT, ".markco/test-elastic"), port: 8821 };
const url = `http://localhost:${place.port}`;
const IDLE_SECONDS = 12;
const TIERS = [
  { name: "local", instanceType: null, vcpus: 2, memoryMib: 512, dollarsPerHour: 0 },
  { name: "t3a.small", instanceType: "t3a.small", vcpus: 2, memoryMib: 2048, dollarsPerHour: 0.0188 },
  { name: "t3a.medium", instanceType: "t3a.medium", vcpus: 2, memoryMib: 4096, dollarsPerHour: 0.0376 },
  {
    name: "g5.xlarge",
    instanceType: "g5.xlarge",
    vcpus: 4,
    memoryMib: 16384,
    gpu: "A10G",
    dollarsPerHour: 1.006,
    spot: true,
  },
];

/** Fills memory slowly enough that a machine can come up, and prints all the while. */
const FILL = `import os, time
held = []
n = 0
for _ in range(26):
    held.append(bytearray(os.urandom(1024 * 1024) * 14))
    for _ in range(15):
        n += 1
        print("n", n, flush=True)
        time.sleep(0.08)`;
const LINES = 26 * 15;
const TORCH = `try:
    import torch
except ImportError:
    print("no torch in this image")`;
const cell = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;
/** One session, three documents: output that is scrolled away would hide the next cell. */
const DOCUMENTS = { "fill.md": FILL, "gpu.md": TORCH, "held.md": `print("held", len(held), n)` };

let platform: RunningPlatform;
let browser: Browser;
let page: Page;
let projectId = "";

beforeAll(async () => {
  await rm(place.state, { recursive: true, force: true });
  await mkdir(join(ROOT, "test/artefacts"), { recursive: true });
  const environment = { MARKCO_TIERS: JSON.stringify(TIERS), MARKCO_IDLE_SECONDS: String(IDLE_SECONDS) };
  platform = await startPlatform(place, environment);
  const root = await mkdtemp(join(tmpdir(), "elastic-"));
  await writeFile(join(root, "mrmd.md"), "# Day\n");
  for (const [path, code] of Object.entries(DOCUMENTS)) await writeFile(join(root, path), `# ${path}\n\n${cell(code)}`);
  const imported = await markco(place, "import", root, "--name", "day", "--json");
  projectId = JSON.parse(imported.stdout).projectId;
  browser = await openBrowser();
  page = await signIn(browser, url);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  expect(await remains(place.state, place.port)).toEqual([]);
}, 240_000);

const document = (path: string) => readProjectFile(place, projectId, path).catch(() => "");
const numbers = async () => [...(await document("fill.md")).matchAll(/^n (\d+)$/gm)].map(([, n]) => Number(n));
const status = () => page.getByRole("status", { name: "Runtime" });
const picture = (name: string) => page.screenshot({ path: join(ROOT, "test/artefacts", `elastic-${name}.png`) });
const machines = async () => (await ec2(place)).filter(({ state }) => state !== "terminated").map(({ type }) => type);
async function runCellOf(path: string, text: string): Promise<void> {
  await page.goto(`${url}/edit/@demo/day/${path}`);
  await page.locator(".sync", { hasText: "Saved" }).waitFor();
  await page.locator(".cm-content").getByText(text).first().click();
  await page.keyboard.press("Shift+Enter");
}

test("past half of its memory a bigger machine appears, past three quarters the runtime moves, and the output never stops", async () => {
  await runCellOf("fill.md", "held = []");
  await eventually("a machine ahead of need", 60_000, async () => (await machines()).includes("t3a.small"));
  await status().filter({ hasText: "t3a.small on its way" }).waitFor({ timeout: 20_000 });
  expect((await runtimeView(place, projectId)).tier).toBe("local");
  await picture("ahead");

  await status().filter({ hasText: "Moving to t3a.small" }).waitFor({ timeout: 60_000 });
  await picture("moving");
  await status()
    .filter({ hasText: /^t3a\.small · / })
    .waitFor({ timeout: 60_000 });
  await eventually("the cell ends", 120_000, async () => (await numbers()).length === LINES);
  expect(await numbers()).toEqual(Array.from({ length: LINES }, (_, i) => i + 1));
  await picture("moved");
  const { signals } = await runtimeView(place, projectId);
  expect(signals.map(({ name }) => name)).toEqual(expect.arrayContaining(["pre-provision", "migrate"]));
});

test("a cell that imports a GPU library brings a GPU machine, and the variables come along", async () => {
  await runCellOf("gpu.md", "import torch");
  await status()
    .filter({ hasText: /^g5\.xlarge · / })
    .waitFor({ timeout: 90_000 });
  await picture("gpu");
  expect((await ec2(place)).find(({ type }) => type === "g5.xlarge")).toMatchObject({ spot: true, state: "running" });
  expect((await runtimeView(place, projectId)).signals[0]).toMatchObject({ name: "gpu-hint" });
});

test("nobody uses it: it sleeps on the base server and every machine is gone; it wakes with all its variables", async () => {
  await status()
    .filter({ hasText: "Asleep" })
    .waitFor({ timeout: (IDLE_SECONDS + 60) * 1000 });
  await eventually("no machine is left", 30_000, async () => (await machines()).length === 0);
  await picture("asleep");

  await runCellOf("held.md", 'print("held"');
  await eventually("the variables", 90_000, async () => (await document("held.md")).includes(`held 26 ${LINES}`));
  await status().filter({ hasText: /MB of/ }).waitFor({ timeout: 20_000 });
  await picture("awake");
  expect((await runtimeView(place, projectId)).signals.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["idle-sleep", "idle-wake"]),
  );
});

test("an AI tries something in a sandbox beside it: it has all variables, the page says that it is there, and it is destroyed", async () => {
  const forked = await markco(place, "fork", "day");
  expect(forked).toMatchObject({ status: 0, stderr: "" });
  const sandboxId = forked.stdout.trim();
  const inside = await markco(place, "fork", "day", sandboxId, "--run", "held.clear(); print(len(held), n)");
  expect(inside).toEqual({ status: 0, stdout: `0 ${LINES}\n`, stderr: "" });
  await page
    .getByRole("button", { name: /sandbox/i })
    .filter({ hasText: "1 sandbox" })
    .waitFor({ timeout: 20_000 });
  await picture("sandbox");
  expect((await markco(place, "fork", "day", sandboxId, "--end")).status).toBe(0);
  expect((await markco(place, "mrp", "day", "print(len(held), n)")).stdout).toContain(`26 ${LINES}`);
  expect(JSON.parse((await markco(place, "fork", "day", "--list", "--json")).stdout).sandboxes).toMatchObject([
    { id: sandboxId, state: "ended" },
  ]);
});
