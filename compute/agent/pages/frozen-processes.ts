/** The memory of a container's processes, read where they stand still. Nothing is copied for it ahead of time. */
import { type FileHandle, open, readdir, readFile, readlink } from "node:fs/promises";
import type { MemorySource, Range } from "./memory-source.ts";

export class FrozenProcesses implements MemorySource {
  readonly #init: number;
  #memories: Promise<Map<number, FileHandle>> | null = null;

  /** @param init a process of the container, by its id on this host. They are looked up at the first read: all stand still then. */
  constructor(init: number) {
    this.#init = init;
  }

  async read({ process, address }: Range, into: Buffer): Promise<void> {
    this.#memories ??= memoriesBeside(this.#init);
    const memory = (await this.#memories).get(process);
    if (!memory) throw new Error(`the container has no process ${process}`);
    for (let done = 0; done < into.length; ) {
      const { bytesRead } = await memory.read(into, done, into.length - done, address + done);
      if (bytesRead === 0) throw new Error(`process ${process} has no memory at ${address + done}`);
      done += bytesRead;
    }
  }

  async close(): Promise<void> {
    const memories = await this.#memories?.catch(() => null);
    await Promise.all([...(memories?.values() ?? [])].map((memory) => memory.close()));
  }
}

/** By the id that processes have inside their container, all that share `init`'s. */
async function memoriesBeside(init: number): Promise<Map<number, FileHandle>> {
  const namespaceOf = (pid: string | number) => readlink(`/proc/${pid}/ns/pid`).catch(() => null);
  const container = await namespaceOf(init);
  if (container === null) throw new Error("the container has ended");
  const memories = new Map<number, FileHandle>();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if ((await namespaceOf(pid)) !== container) continue;
    const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
    const inside = /^NSpid:.*?(\d+)$/m.exec(status)?.[1];
    // Whoever came into the container from outside may be gone by now.
    const memory = inside ? await open(`/proc/${pid}/mem`, "r").catch(() => null) : null;
    if (memory) memories.set(Number(inside), memory);
  }
  return memories;
}
