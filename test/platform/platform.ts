/** Drives a platform as its operator does: by the commands, by signals, and by looking at what is left. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import * as z from "zod";
import { stateFolders } from "../../infra/local/folders.ts";
import { namesFor } from "../../infra/local/platform.ts";
import { portsFrom } from "../../infra/local/ports.ts";
import { RuntimeView } from "../../shared/daemon/contract.ts";

export const ROOT = join(import.meta.dirname, "../..");
export const CORPUS = join(ROOT, "../shared/corpus/numpy-tutorials");

const START_MS = 20 * 60_000;
const STOP_MS = 90_000;

export interface PlatformPlace {
  readonly state: string;
  readonly port: number;
}

export interface RunningPlatform {
  readonly process: ChildProcess;
  /** Sends Ctrl-C and resolves when the command has ended. */
  stop(): Promise<void>;
}

/**
 * `npm start` with a state of its own. Resolves when it says that it is ready.
 * @param environment variables for it besides those of the tests
 */
export function startPlatform(
  { state, port }: PlatformPlace,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningPlatform> {
  const child = spawn("node", ["infra/bootstrap.mjs", "infra/cli/main.ts", "start", "--port", String(port)], {
    cwd: ROOT,
    env: { ...process.env, ...environment, MARKCO_STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`the platform was not ready in time:\n${said}`)), START_MS);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      process.stderr.write(chunk);
      if (/\bready\b/.test(said)) {
        clearTimeout(timer);
        resolve({ process: child, stop: () => stopPlatform(child, ended) });
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    ended.then((code) => reject(new Error(`the platform ended with ${code} before it was ready:\n${said}`)));
  });
}

async function stopPlatform(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  child.kill("SIGINT");
  // bootstrap.mjs leaves SIGINT to the terminal's process group, as Ctrl-C gives it: here it is sent on.
  for (const pid of await childrenOf(child.pid ?? 0)) process.kill(pid, "SIGINT");
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the platform did not stop in time")), STOP_MS).unref();
  });
  await Promise.race([ended, late]);
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npx markco …` against the platform. Never rejects for a failed command. */
export function markco(place: PlatformPlace, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("node", ["infra/cli/markco.mjs", ...args], {
      cwd: ROOT,
      env: { ...process.env, MARKCO_STATE: place.state },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? 1, stdout, stderr }));
  });
}

/** Address and token that `npm start` has written for the command line. */
export async function credentials(place: PlatformPlace): Promise<{ url: string; token: string }> {
  return JSON.parse(await readFile(join(place.state, "cli.json"), "utf8"));
}

/** A request to the public API as the demo account. */
export async function api(place: PlatformPlace, path: string, init: RequestInit = {}): Promise<Response> {
  const { url, token } = await credentials(place);
  return fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
}

/** The text of a project's file as it stands on disk now. */
export async function readProjectFile(place: PlatformPlace, projectId: string, path: string): Promise<string> {
  const response = await api(place, `/api/projects/${projectId}/file?path=${encodeURIComponent(path)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.text();
}

/** Waits until `check` answers with something, looking again and again. Throws what it was still missing. */
export async function eventually<T>(
  what: string,
  timeoutMs: number,
  check: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  for (;;) {
    try {
      const found = await check();
      if (found) return found;
      last = null;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms${last ? ` (${last})` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Processes of one platform whose command line contains `text`, in its containers too. Other platforms are left alone. */
export async function processes(state: string, text: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const command = (await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ").trim();
    if (command.includes(text) && (await belongsTo(Number(entry), state))) found.push({ pid: Number(entry), command });
  }
  return found;
}

/** All that runs on a platform's base server. */
export async function onBaseServer(state: string): Promise<{ pid: number; command: string }[]> {
  const { baseServer } = namesFor(stateFolders({ MARKCO_STATE: state }));
  const own = await Promise.all(
    (await processes(state, "")).map(async (one) => ({ one, lines: await ancestry(one.pid) })),
  );
  return own.filter(({ lines }) => lines.some((words) => words.includes(baseServer))).map(({ one }) => one);
}

/** The command lines of a process and all that it descends from. */
async function ancestry(pid: number): Promise<string[][]> {
  const lines: string[][] = [];
  for (let ancestor = pid; ancestor > 1; ) {
    lines.push((await readFile(`/proc/${ancestor}/cmdline`, "utf8").catch(() => "")).split("\0"));
    const status = await readFile(`/proc/${ancestor}/status`, "utf8").catch(() => "");
    ancestor = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return lines;
}

/** What a platform starts inherits its environment; what runs in a container of its own descends from that container's monitor. */
async function belongsTo(pid: number, state: string): Promise<boolean> {
  const { baseServer, database, instances } = namesFor(stateFolders({ MARKCO_STATE: state }));
  const isOurs = (word: string) => word === baseServer || word === database || word.startsWith(`${instances}-`);
  for (let ancestor = pid; ancestor > 1; ) {
    const environment = await readFile(`/proc/${ancestor}/environ`, "utf8").catch(() => "");
    if (environment.split("\0").includes(`MARKCO_STATE=${state}`)) return true;
    const command = (await readFile(`/proc/${ancestor}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (command.some(isOurs)) return true;
    const status = await readFile(`/proc/${ancestor}/status`, "utf8").catch(() => "");
    ancestor = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return false;
}

/** Child processes of `pid`, with what they run. */
export async function children(pid: number): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const child of await childrenOf(pid)) {
    const command = (await readFile(`/proc/${child}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ").trim();
    found.push({ pid: child, command }, ...(await children(child)));
  }
  return found;
}

/** kill -9. Resolves when they are gone. */
export async function killHard(victims: readonly { pid: number }[]): Promise<void> {
  for (const { pid } of victims) process.kill(pid, "SIGKILL");
  await eventually("they are gone", 5_000, async () => {
    const states = await Promise.all(victims.map(({ pid }) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
    // A zombie waits for its parent; it runs no more.
    return states.every((stat) => stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z"));
  });
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** What a stopped platform must not leave: processes, mounts, an open port. Each as a line for a person. */
export async function remains(state: string, port: number): Promise<string[]> {
  const left: string[] = [];
  for (const { pid, command } of await processes(state, "")) left.push(`process ${pid} (${command.slice(0, 120)})`);
  const mounts = await readFile("/proc/self/mounts", "utf8");
  for (const line of mounts.split("\n")) if (line.includes(state)) left.push(`mount ${line.split(" ")[1]}`);
  if (await accepts(port)) left.push(`port ${port} still answers`);
  return left;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** The project's runtime as its author sees it. */
export async function runtimeView(place: PlatformPlace, projectId: string): Promise<RuntimeView> {
  return RuntimeView.parse(await (await api(place, `/api/projects/${projectId}/runtime`)).json());
}

/** Tells the local EC2 endpoint something, and returns its instances. */
export async function ec2({ port }: PlatformPlace, wanted: object = { do: "list" }): Promise<Instance[]> {
  const url = `http://127.0.0.1:${portsFrom(port).ec2}/_control`;
  return z.array(Instance).parse(await (await fetch(url, { method: "POST", body: JSON.stringify(wanted) })).json());
}

const Instance = z.object({
  id: z.string(),
  type: z.string(),
  state: z.string(),
  address: z.string(),
  spot: z.boolean(),
});
type Instance = z.infer<typeof Instance>;
