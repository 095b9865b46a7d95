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

async function memoryGroup(pid: number): Promise<{ folder: string; version: 1 | 2 }> {
  const groups = (await readFile(`/proc/${pid}/cgroup`, "utf8")).trim().split("\n");
  for (const line of groups) {
    const [, controllers = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(",").includes("memory")) return { folder: join(ROOT, "memory", path), version: 1 };
  }
  const path = /^0::(.*)$/m.exec(groups.join("\n"))?.[1] ?? "/";
  return { folder: join(ROOT, path), version: 2 };
}
