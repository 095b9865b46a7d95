/** The whole road on a fresh clone, with a clock. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CORPUS, ROOT } from "../platform/platform.ts";

const PORT = 8831;
const PAGES = 50;

export async function road(): Promise<Record<string, number>> {
  const clone = await mkdtemp(join(tmpdir(), "markco-road-"));
  execFileSync("git", ["clone", "--quiet", ROOT, clone]);
  let platform: Platform | null = null;
  try {
    platform = await start(clone);
    const coldStartS = platform.seconds;
    await platform.stop();
    platform = await start(clone);
    const warmStartS = platform.seconds;

    const projectId = JSON.parse(markco(clone, "import", CORPUS, "--json")).projectId;
    const { url, token } = JSON.parse(readFileSync(join(clone, ".markco/cli.json"), "utf8"));
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

    const firstCellMs = await time(async () => {
      const response = await fetch(`${url}/api/projects/${projectId}/mrp/v1/execute`, {
        method: "POST",
        headers,
        body: JSON.stringify({ code: "1 + 1", session: `${projectId}:default` }),
      });
      const result = await response.json();
      if (result.result !== "2") throw new Error(`the first cell: ${JSON.stringify(result)}`);
    });
    const publishMs = await time(async () => {
      const response = await fetch(`${url}/api/projects/${projectId}/publish`, { method: "POST", headers });
      if (!response.ok) throw new Error(`publish: ${await response.text()}`);
    });
    const page = `${url}/@demo/numpy-tutorials/ma`;
    await (await fetch(page)).text();
    const times: number[] = [];
    for (let i = 0; i < PAGES; i++) {
      const began = performance.now();
      const response = await fetch(page);
      times.push(performance.now() - began);
      await response.text();
    }
    times.sort((a, b) => a - b);
    return { coldStartS, warmStartS, firstCellMs, publishMs, pageTtfbMs: round(times[PAGES / 2] ?? 0) };
  } finally {
    await platform?.stop();
    await rm(clone, { recursive: true, force: true });
  }
}

interface Platform {
  readonly seconds: number;
  stop(): Promise<void>;
}

function start(clone: string): Promise<Platform> {
  const began = performance.now();
  const child = spawn("npm", ["start", "--silent", "--", "--port", String(PORT)], {
    cwd: clone,
    stdio: ["ignore", "inherit", "pipe"],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}`)));
    child.stderr?.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      if (/\bready\b/.test(chunk.toString())) {
        resolve({ seconds: round((performance.now() - began) / 1000), stop: () => stop(child) });
      }
    });
  });
}

/** Ctrl-C, as a terminal gives it: to the whole process group. */
function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return Promise.resolve();
  process.kill(-child.pid, "SIGINT");
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

function markco(clone: string, ...args: string[]): string {
  return execFileSync("node", ["infra/cli/markco.mjs", ...args], { cwd: clone, encoding: "utf8" });
}

async function time(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return round(performance.now() - began);
}

const round = (value: number) => Math.round(value * 10) / 10;
