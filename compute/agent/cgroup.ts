/** What a container's control group says of it. Version 2 where the machine has it; both are mounted below /sys/fs/cgroup. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Bytes that the process's control group uses, without file cache that the system would drop first. */
export async function memoryInUse(pid: number): Promise<number> {
  const { folder, version } = await memoryGroup(pid);
  const names =
    version === 2
      ? (["memory.current", "inactive_file"] as const)
      : (["memory.usage_in_bytes", "total_inactive_file"] as const);
  const [used, stat] = await Promise.all([
    readFile(join(folder, names[0]), "utf8"),
    readFile(join(folder, "memory.stat"), "utf8"),
  ]);
  const droppable = Number(new RegExp(`^${names[1]} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
  return Math.max(0, Number(used) - droppable);
}

/** Milliseconds of processor time that the process's control group has used so far. */
export async function processorMs(pid: number): Promise<number> {
  const groups = await groupsOf(pid);
  const old = groups.find(({ controllers }) => controllers.includes("cpuacct"));
  if (old) return Number(await readFile(join(ROOT, "cpuacct", old.path, "cpuacct.usage"), "utf8")) / 1e6;
  const stat = await readFile(join(ROOT, unified(groups), "cpu.stat"), "utf8");
  return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1] ?? 0) / 1e3;
}

/** All processes of the control group of `pid`: those of its container. */
export async function processesOf(pid: number): Promise<number[]> {
  const { folder } = await memoryGroup(pid);
  return (await readFile(join(folder, "cgroup.procs"), "utf8")).split("\n").filter(Boolean).map(Number);
}

async function memoryGroup(pid: number): Promise<{ folder: string; version: 1 | 2 }> {
  const groups = await groupsOf(pid);
  const old = groups.find(({ controllers }) => controllers.includes("memory"));
  return old
    ? { folder: join(ROOT, "memory", old.path), version: 1 }
    : { folder: join(ROOT, unified(groups)), version: 2 };
}

interface Group {
  readonly controllers: readonly string[];
  readonly path: string;
}

async function groupsOf(pid: number): Promise<Group[]> {
  const lines = (await readFile(`/proc/${pid}/cgroup`, "utf8")).trim().split("\n");
  return lines.map((line) => {
    const [, controllers = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return { controllers: controllers === "" ? [] : controllers.split(","), path };
  });
}

/** Of version 2 there is one hierarchy, which names no controllers. */
const unified = (groups: readonly Group[]) => groups.find(({ controllers }) => controllers.length === 0)?.path ?? "/";
