import { readFile } from "node:fs/promises";

/** Megabytes of processes; a page that several share is split among them (PSS), so that nothing counts twice. */
export async function memoryMb(pids: readonly number[]): Promise<number> {
  let kib = 0;
  for (const pid of pids) {
    const [, pss] = /^Pss:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    kib += Number(pss);
  }
  return (kib * 1024) / 1e6;
}
