/**
 * With cgroups of version 1 a frozen process does not die of a signal, and its container can't be removed: a machine that is
 * ended while it holds a frozen runtime. Version 2 lets it die.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const FREEZER = "/sys/fs/cgroup/freezer";
const LOOK_MS = 20;
const KILLED_MS = 5_000;
const SIGKILL = 9;

/**
 * Lets what is frozen in a container go on to its death. It has been killed: nothing goes on that is not about to die, because it
 * may live on another machine by now.
 */
export async function thawKilled(containerId: string): Promise<void> {
  const folders = await readdir(FREEZER, { recursive: true }).catch(() => []);
  const states = folders.filter((path) => path.includes(containerId) && path.endsWith("/freezer.state"));
  await Promise.all(states.map((path) => thaw(join(FREEZER, path))));
}

async function thaw(state: string): Promise<void> {
  const read = (path: string) => readFile(path, "utf8").catch(() => "");
  if ((await read(state)).trim() === "THAWED") return;
  for (const end = Date.now() + KILLED_MS; Date.now() < end; await wait(LOOK_MS)) {
    const processes = (await read(join(state, "../cgroup.procs"))).split("\n").filter((line) => line !== "");
    const statuses = await Promise.all(processes.map((pid) => read(`/proc/${pid}/status`)));
    if (!statuses.every(isKilled)) continue;
    await writeFile(state, "THAWED").catch(() => {});
    return;
  }
}

/** Of one that has gone there is no status. */
function isKilled(status: string): boolean {
  const pending = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*(\w+)$/gm)].map(([, mask]) => BigInt(`0x${mask}`));
  return status === "" || pending.some((mask) => (mask >> BigInt(SIGKILL - 1)) % 2n === 1n);
}
