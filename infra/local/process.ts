/** Processes by number and start time: a number alone may belong to somebody else by now. */
import { readFileSync } from "node:fs";
import * as z from "zod";

export const ProcessMark = z.object({
  pid: z.int().min(2),
  /** Clock ticks from boot to its start. */
  startTicks: z.string(),
  /** Which boot that was. */
  bootId: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** Marks a running process, or null if there is none of that number. */
export function markOf(pid: number): ProcessMark | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, and may hold spaces; the start time is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended: only its parent hasn't looked yet.
    if (fields[0] === "Z") return null;
    return { pid, startTicks: fields[19] ?? "", bootId: bootId() };
  } catch {
    return null;
  }
}

/** True if the very process that was marked still runs. */
export function isRunning(mark: ProcessMark): boolean {
  const now = markOf(mark.pid);
  return now !== null && now.startTicks === mark.startTicks && now.bootId === mark.bootId;
}
