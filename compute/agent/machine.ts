/** What the machine itself has and uses. A machine that is itself in a control group has what that grants. */
import { readFile, statfs } from "node:fs/promises";
import type { Measurement } from "./host-agent.ts";

/** @param folder on the file system that is to be measured */
export async function measureMachine(folder: string): Promise<Pick<Measurement, "memory" | "disk">> {
  const [meminfo, disk] = await Promise.all([readFile("/proc/meminfo", "utf8"), statfs(folder)]);
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
  const { limit, used } = await ownGroup();
  const total = Math.min(bytes("MemTotal"), limit);
  return {
    memory: { total, available: Math.min(bytes("MemAvailable"), Math.max(0, total - used)) },
    disk: { total: disk.blocks * disk.bsize, free: disk.bavail * disk.bsize },
  };
}

/** The root of the control groups that can be seen from here; without a limit on a machine of its own. */
async function ownGroup(): Promise<{ limit: number; used: number }> {
  const read = async (...names: string[]) => {
    for (const name of names) {
      const text = await readFile(`/sys/fs/cgroup/${name}`, "utf8").catch(() => null);
      if (text !== null && text.trim() !== "max") return text;
    }
    return null;
  };
  const limit = Number((await read("memory.max", "memory/memory.limit_in_bytes")) ?? Number.POSITIVE_INFINITY);
  const used = Number((await read("memory.current", "memory/memory.usage_in_bytes")) ?? 0);
  const stat = (await read("memory.stat", "memory/memory.stat")) ?? "";
  const droppable = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  return { limit, used: Math.max(0, used - droppable) };
}
