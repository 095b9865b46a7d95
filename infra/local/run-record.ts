/** What one `start` has running, on disk: it locks out a second start, lets `stop` find the first, and names leftovers. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Fault } from "../../shared/daemon/fault.ts";
import { isRunning, markOf, ProcessMark } from "./process.ts";

const Record = z.object({ owner: ProcessMark, address: z.string(), groups: z.array(ProcessMark) });
type Record = z.infer<typeof Record>;

const fileIn = (folder: string) => join(folder, "start.json");

/** The start that runs now, or null. */
export function runningStart(folder: string): { pid: number; address: string } | null {
  const record = read(folder);
  return record && isRunning(record.owner) ? { pid: record.owner.pid, address: record.address } : null;
}

export class RunRecord {
  readonly #folder: string;
  #record: Record;
  /** True if the start before this one was killed: its containers may still run. */
  readonly afterCrash: boolean;

  private constructor(folder: string, record: Record, afterCrash: boolean) {
    this.#folder = folder;
    this.#record = record;
    this.afterCrash = afterCrash;
  }

  /**
   * Takes the folder for this process and kills what an earlier start left running.
   * Throws Fault("conflict") if another start runs.
   */
  static take(folder: string, address: string): RunRecord {
    mkdirSync(folder, { recursive: true });
    const earlier = read(folder);
    if (earlier && isRunning(earlier.owner)) {
      throw new Fault(
        "conflict",
        `already running at ${earlier.address} (process ${earlier.owner.pid}); markco stop ends it`,
      );
    }
    for (const group of earlier?.groups ?? []) if (isRunning(group)) killGroup(group.pid);
    const owner = markOf(process.pid);
    if (!owner) throw new Error("this process is not in /proc");
    const record = new RunRecord(folder, { owner, address, groups: [] }, earlier !== null);
    record.#write();
    return record;
  }

  /** Notes a process group that must not outlive this start. */
  addGroup(pid: number): void {
    const group = markOf(pid);
    if (!group) return;
    this.#record = { ...this.#record, groups: [...this.#record.groups.filter(isRunning), group] };
    this.#write();
  }

  /** Gives the folder back, empty. */
  release(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(): void {
    const file = fileIn(this.#folder);
    writeFileSync(`${file}.new`, JSON.stringify(this.#record));
    renameSync(`${file}.new`, file);
  }
}

function read(folder: string): Record | null {
  try {
    return Record.parse(JSON.parse(readFileSync(fileIn(folder), "utf8")));
  } catch {
    return null;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
