/**
 * `markco.mjs page-server FOLDER PID`, at the host that a runtime leaves: serves the memory of the container that the process is
 * in. It is started before that is frozen, and outlives the agent.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "../../../shared/daemon/fault.ts";
import { exists } from "../../projects/folders.ts";
import { endApart, note, startApart } from "./apart.ts";
import { FrozenProcesses } from "./frozen-processes.ts";
import { PageServer } from "./page-server.ts";

const STARTS_MS = 10_000;
const LOOK_MS = 3;
const LOOK_WHETHER_NEEDED_MS = 5_000;

/**
 * Returns when it can be asked. Throws Fault("unavailable").
 * @param folder has the handover's key, in `key.pem`
 * @param pid the container's first process, by its id on this host
 */
export async function startPageServer(folder: string, pid: number): Promise<void> {
  await endPageServer(folder);
  await rm(join(folder, "port"), { force: true });
  startApart("page-server", folder, String(pid));
  for (const end = Date.now() + STARTS_MS; !(await exists(join(folder, "port"))); await wait(LOOK_MS)) {
    if (Date.now() > end) throw new Fault("unavailable", "the runtime's memory can't be served");
  }
}

export async function pageServerPort(folder: string): Promise<number> {
  return Number(await readFile(join(folder, "port"), "utf8"));
}

export function endPageServer(folder: string): Promise<void> {
  return endApart("page-server", folder);
}

/** Is the process. */
export async function runPageServer([folder = "", pid = ""]: readonly string[]): Promise<{ stop(): Promise<void> }> {
  const server = new PageServer(new FrozenProcesses(Number(pid)), await readFile(join(folder, "key.pem"), "utf8"));
  await note(folder, "port", String(await server.listen("0.0.0.0")));
  // The agent ends this process with the handover; if it can't, the folder goes, or the whole machine.
  setInterval(async () => {
    if (!(await exists(join(folder, "port")))) process.exit(0);
  }, LOOK_WHETHER_NEEDED_MS);
  return { stop: () => server.close() };
}
