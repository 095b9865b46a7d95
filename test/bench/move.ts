/**
 * A runtime moves between two machines while a cell prints every 10 ms and writes to its memory, which holds random bytes.
 * The peer does the same with Podman alone: `podman container checkpoint --export`, copy, `restore --import`.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { stateFolders } from "../../infra/local/folders.ts";
import { hostOptions } from "../../infra/local/host-container.ts";
import { ensureImages } from "../../infra/local/images/images.ts";
import { podman, podmanInside, removeContainer } from "../../infra/local/podman.ts";
import { api, eventually, markco, type PlatformPlace, ROOT, runtimeView, startPlatform } from "../platform/platform.ts";

const PLACE: PlatformPlace = { state: join(ROOT, ".markco/bench-move"), port: 8851 };
const SIZES_MB = [64, 512, 2048];
/** Between machines of the same memory, so that nothing but the move is measured. */
const TIERS = ["t3a.large", "t3a.xlarge"] as const;
const BEFORE_MS = 2_000;
const AFTER_MS = 3_000;

/**
 * Until `stop` is true, prints a number and the time in milliseconds, again and again. Its memory is filled where it is: twice as
 * much for a moment would have the monitor move it first.
 */
const PROGRAM = (mb: number, stop: string) => `import os, time
block = bytearray(${mb} << 20)
for i in range(0, len(block), 1 << 20):
    block[i : i + (1 << 20)] = os.urandom(1 << 20)
n = 0
while not (${stop}):
    n += 1
    block[(n * 4096 * 17) % len(block)] = n % 256
    print(n, time.time() * 1000, flush=True)
    time.sleep(0.01)
print("end", flush=True)`;

interface Measured {
  readonly mb: number;
  /** The longest time between two lines. */
  readonly pauseMs: number;
  readonly totalMs: number;
  /** Lines lost or doubled. */
  readonly lost: number;
}

export interface MoveFigures {
  readonly sizes: readonly (Measured & { readonly peerPauseMs: number })[];
  /** Peer's pause by ours, at the largest size. */
  readonly peers: { readonly podman: number };
}

export async function move(): Promise<MoveFigures> {
  const ours: Measured[] = await withPlatform(async (projectId, folder) => {
    const measured: Measured[] = [];
    for (const mb of SIZES_MB) measured.push(await moveOnce(projectId, folder, mb));
    return measured;
  });
  const peers: number[] = await withPeers(async (a, b) => {
    const pauses: number[] = [];
    for (const mb of SIZES_MB) pauses.push(await peerOnce(a, b, mb));
    return pauses;
  });
  const sizes = ours.map((one, i) => ({ ...one, peerPauseMs: peers[i] ?? 0 }));
  const largest = sizes.at(-1);
  return { sizes, peers: { podman: largest ? round(largest.peerPauseMs / largest.pauseMs) : 0 } };
}

async function withPlatform<T>(use: (projectId: string, folder: string) => Promise<T>): Promise<T> {
  await rm(PLACE.state, { recursive: true, force: true });
  const platform = await startPlatform(PLACE, { MARKCO_IDLE_SECONDS: "3600" });
  try {
    const root = await mkdtemp(join(tmpdir(), "bench-move-"));
    await writeFile(join(root, "mrmd.md"), "# Bench\n");
    const { projectId } = JSON.parse((await markco(PLACE, "import", root, "--name", "bench", "--json")).stdout);
    const state = await (await api(PLACE, `/api/projects/${projectId}`)).json();
    const { data } = stateFolders({ MARKCO_STATE: PLACE.state });
    return await use(projectId, join(data, "users", state.owner.userId, "projects", projectId));
  } finally {
    await platform.stop();
    await rm(PLACE.state, { recursive: true, force: true });
  }
}

async function moveOnce(projectId: string, folder: string, mb: number): Promise<Measured> {
  await rm(join(folder, "stop"), { force: true });
  // The memory of the size before must be gone.
  const stopped = await api(PLACE, `/api/projects/${projectId}/runtime/stop`, { method: "POST" });
  if (!stopped.ok) throw new Error(`stop: ${await stopped.text()}`);
  await markcoOrThrow("wake", "bench");
  await markcoOrThrow("move", "bench", TIERS[0]);
  const code = PROGRAM(mb, 'os.path.exists("stop")');
  const body = JSON.stringify({ execId: randomUUID(), code, session: `${projectId}:default` });
  const headers = { "content-type": "application/json" };
  const stream = await api(PLACE, `/api/projects/${projectId}/mrp/v1/execute/stream`, {
    method: "POST",
    headers,
    body,
  });
  let text = "";
  const read = (async () => {
    for await (const chunk of stream.body ?? []) text += Buffer.from(chunk).toString();
  })();
  await eventually("the cell prints", 120_000, async () => linesOf(text).length > 10);
  await wait(BEFORE_MS);
  const began = Date.now();
  await markcoOrThrow("move", "bench", TIERS[1]);
  await eventually("the source is free", 120_000, async () => {
    const { hosts } = JSON.parse((await markco(PLACE, "hosts", "--json")).stdout);
    return hosts.length === 1 && (await runtimeView(PLACE, projectId)).state === "running";
  });
  const totalMs = Date.now() - began;
  await wait(AFTER_MS);
  await writeFile(join(folder, "stop"), "");
  await read;
  const lines = linesOf(text);
  const numbers = lines.map(([n]) => n);
  const lost = (numbers.at(-1) ?? 0) - new Set(numbers).size + (numbers.length - new Set(numbers).size);
  return { mb, pauseMs: longestGap(lines), totalMs, lost };
}

/** Number and time of each line that an event stream with accumulated output, or a log, holds. */
function linesOf(text: string): [number, number][] {
  return [...text.matchAll(/(?<![\d.])(\d+) (\d{13}\.\d+)/g)].map(([, n, at]) => [Number(n), Number(at)]);
}

function longestGap(lines: readonly (readonly [number, number])[]): number {
  let longest = 0;
  for (const [i, [, at]] of lines.entries()) longest = Math.max(longest, at - (lines[i - 1]?.[1] ?? at));
  return Math.round(longest);
}

async function withPeers<T>(use: (a: string, b: string) => Promise<T>): Promise<T> {
  const image = await ensureImages();
  const names = ["a", "b"].map((name) => `markco-bench-peer-${name}`) as [string, string];
  const folders = await Promise.all(names.map(() => mkdtemp(join(ROOT, ".markco", "peer-"))));
  try {
    for (const [i, name] of names.entries()) {
      await removeContainer(name);
      const options = hostOptions({ hostname: name, containers: folders[i] ?? "", place: ["--network", "none"] });
      await podman(["run", "--detach", "--name", name, ...options, image, "sleep", "infinity"]);
    }
    return await use(...names);
  } finally {
    for (const name of names) await removeContainer(name);
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

async function peerOnce(a: string, b: string, mb: number): Promise<number> {
  const [from, to] = [podmanInside(a), podmanInside(b)];
  const run = ["run", "--detach", "--name", "peer", "--network", "none", "--cap-drop", "all", "--memory", "6g"];
  const image = "localhost/markco-runtime:latest";
  await program([...from, ...run, "--entrypoint", "python3", image, "-c", PROGRAM(mb, "False")]);
  const logs = (host: string[]) => program([...host, "logs", "peer"]);
  await eventually("the peer prints", 120_000, async () => linesOf(await logs(from)).length > 10);
  await wait(BEFORE_MS);
  await program([
    ...from,
    "container",
    "checkpoint",
    "--export",
    "/var/lib/containers/p.tar",
    "--compress",
    "none",
    "peer",
  ]);
  await program([
    "sh",
    "-c",
    `${inside(a, "cat /var/lib/containers/p.tar")} | ${inside(b, "sh -c 'cat > /var/lib/containers/p.tar'")}`,
  ]);
  await program([...to, "container", "restore", "--import", "/var/lib/containers/p.tar"]);
  await wait(AFTER_MS);
  const gap = longestGap(linesOf(await logs(to)));
  await program([...from, "rm", "--force", "--ignore", "--time", "0", "peer"]);
  await program([...to, "rm", "--force", "--ignore", "--time", "0", "peer"]);
  return gap;
}

/** A command in a host container, for a shell. */
const inside = (host: string, command: string) => `${podmanInside(host).slice(0, -1).join(" ")} ${command}`;

function program([name = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [out, error] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      error += chunk;
    });
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(out);
      else reject(new Error(`${name} ${args.slice(-3).join(" ")}: ${error.trim()}`));
    });
  });
}

async function markcoOrThrow(...args: string[]): Promise<void> {
  const { status, stderr } = await markco(PLACE, ...args);
  if (status !== 0) throw new Error(`markco ${args.join(" ")}: ${stderr}`);
}

const round = (value: number) => Math.round(value * 100) / 100;
