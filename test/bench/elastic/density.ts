/**
 * How much fits on a base server with 2 GB: what the daemon with its Podman, an editor, and a runtime that runs and is idle use,
 * measured on a platform, and from that how many of each there is room for. A runtime that sleeps is a folder on the disk.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { api, markco, onBaseServer } from "../../platform/platform.ts";
import { round } from "../runtime/statistics.ts";
import { PLACE, withProject } from "./project.ts";

const SERVER_MB = 2048;
/** What the system itself needs. */
const SYSTEM_MB = 200;
const RUNTIMES = 4;
const SETTLES_MS = 5_000;

export interface DensityFigures {
  /** Editors alone; each serves one owner's projects. */
  readonly editors: number;
  /** Idle runtimes beside one editor. */
  readonly runtimesIdle: number;
  /** That slept while the rest was measured, beside one editor. */
  readonly runtimesAsleep: number;
  /** By daemon and Podman, one editor, one idle runtime and one that sleeps. */
  readonly mbUsed: { readonly daemon: number; readonly editor: number; readonly idle: number; readonly asleep: number };
}

export async function density(): Promise<DensityFigures> {
  return withProject(async (project) => {
    await wait(SETTLES_MS);
    const daemon = await usedMb();
    await (await api(PLACE, `/api/projects/${project.projectId}/editor/tree`)).text();
    await wait(SETTLES_MS);
    const withEditor = await usedMb();
    const others: string[] = [];
    for (let i = 0; i < RUNTIMES; i++) {
      const name = `density-${i}`;
      await markco(PLACE, "import", project.folder, "--name", name);
      const { status, stderr } = await markco(PLACE, "mrp", name, "1 + 1");
      if (status !== 0) throw new Error(stderr);
      others.push(name);
    }
    await wait(SETTLES_MS);
    const idle = ((await usedMb()) - withEditor) / RUNTIMES;
    for (const name of others) await markco(PLACE, "sleep", name);
    await wait(SETTLES_MS);
    const asleep = Math.max(0, (await usedMb()) - withEditor) / RUNTIMES;
    const editor = withEditor - daemon;
    const room = SERVER_MB - SYSTEM_MB - daemon;
    return {
      editors: Math.floor(room / editor),
      runtimesIdle: Math.floor((room - editor) / idle),
      runtimesAsleep: RUNTIMES,
      mbUsed: { daemon: round(daemon), editor: round(editor), idle: round(idle), asleep: round(asleep) },
    };
  });
}

/** Proportional set size of all that runs on the base server. */
async function usedMb(): Promise<number> {
  let kb = 0;
  for (const { pid } of await onBaseServer(PLACE.state)) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kb += Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  }
  return kb / 1024;
}
