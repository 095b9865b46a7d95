/** CPU time that the kernel has booked on workerd's main thread, where its isolates run. */
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** CPU time so far (ms), read when the thread has gone to sleep: only then all of it is booked. */
export async function mainThreadMs(pid: number): Promise<number> {
  let last = -1;
  for (;;) {
    const [ns = ""] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, "utf8")).split(" ");
    if (Number(ns) === last) return last / 1e6;
    last = Number(ns);
    await pause(1);
  }
}

/** The workerd that a process has started. */
export async function workerdOf(parent: number): Promise<number> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, "utf8");
  for (const child of children.trim().split(" ")) {
    if ((await readFile(`/proc/${child}/comm`, "utf8")).trim() === "workerd") return Number(child);
  }
  throw new Error(`process ${parent} has no workerd`);
}
