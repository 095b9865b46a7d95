/**
 * Freezes a container into the draft of an archive (archive.ts). While CRIU writes its processes and their memory, what the container
 * has written outside of its mounts is added; CRIU lets them end or go on when both are there: they belong to one moment.
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Inspected } from "../podman/podman.ts";
import { exists } from "../projects/folders.ts";
import { readAll, save } from "./container-files.ts";
import { keepState, whyCriuFailed } from "./offers.ts";
import { makePipe, say } from "./verdict.ts";

const SCRIPTS = "/usr/local/lib/markco";
/** Many gigabytes may have to be written. */
const FREEZES_MS = 600_000;
const LOOK_MS = 3;

/**
 * What becomes of the container: it ends, and what it has said from `logOffset` on is kept; or it goes on, and `meanwhile` is
 * done while it stands still.
 */
type Then = { readonly logOffset: number } | { readonly meanwhile: () => Promise<void> };

/** Throws Fault("unavailable") if it can't be frozen; then it goes on in any case. */
export async function freeze(draft: string, container: Inspected, then: Then): Promise<void> {
  const goesOn = "meanwhile" in then;
  const at = (name: string) => join(draft, name);
  await mkdir(at("images"), { recursive: true, mode: 0o700 });
  await makePipe(draft);
  await save(await readAll(container.GraphDriver.Data.UpperDir, at("noted.json")), at("files.tar"));
  await writeFile(at("criu.conf"), `action-script ${SCRIPTS}/wait-for-files\nverbosity 1\n`);
  const options = goesOn ? ["--leave-running"] : [];
  const args = [draft, container.Id, ...options];
  spawn(`${SCRIPTS}/freeze`, args, { stdio: "ignore", detached: true }).unref();
  const hasEnded = () => exists(at("outcome"));
  const end = Date.now() + FREEZES_MS;
  while (!(await exists(at("frozen"))) && !(await hasEnded()) && Date.now() < end) await wait(LOOK_MS);
  if (!(await hasEnded())) {
    try {
      await Promise.all([keepState(container, draft, goesOn ? null : then.logOffset), goesOn && then.meanwhile()]);
    } catch (error) {
      await leave(draft);
      throw error;
    }
    await answer(draft, "kept", end);
  }
  while (!(await hasEnded()) && Date.now() < end) await wait(LOOK_MS);
  if ((await outcomeOf(draft)) === "0") return;
  const why = await whyCriuFailed(at("dump.log"));
  await leave(draft);
  throw new Fault("unavailable", `the runtime can't be frozen: ${why}`);
}

/** True if a container was frozen into the draft and has ended. */
export async function isFrozenInto(draft: string): Promise<boolean> {
  return (await outcomeOf(draft)) === "0";
}

/** Lets a container that is being frozen go on, and takes the draft away. */
export async function leave(draft: string): Promise<void> {
  if ((await exists(join(draft, "criu.conf"))) && !(await exists(join(draft, "outcome")))) {
    const end = Date.now() + FREEZES_MS;
    await answer(draft, "leave", end);
    while (!(await exists(join(draft, "outcome"))) && Date.now() < end) await wait(LOOK_MS);
  }
  await rm(draft, { recursive: true, force: true });
}

/** To CRIU, which asks when it has written the rest, unless it has failed by then. */
async function answer(draft: string, word: string, untilMs: number): Promise<void> {
  while (!(await exists(join(draft, "outcome"))) && Date.now() < untilMs) {
    const isHeard = await say(draft, word).then(
      () => true,
      () => false,
    );
    if (isHeard) return;
  }
}

async function outcomeOf(draft: string): Promise<string> {
  return (await readFile(join(draft, "outcome"), "utf8").catch(() => "")).trim();
}
