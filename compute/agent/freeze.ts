/**
 * Freezes a container into the draft of an archive (archive.ts). While CRIU writes its processes and their memory, what the container
 * has written outside of its mounts is added; CRIU lets them end or go on when both are there: they belong to one moment.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Inspected } from "../podman/podman.ts";
import { exists } from "../projects/folders.ts";
import { readAll, save } from "./container-files.ts";
import { hasEnded, outcome, reaches, startFreezer, whyCriuFailed } from "./freezer.ts";
import { crun, keepState } from "./offers.ts";
import { outcomeOf, SCRIPTS } from "./scripts.ts";
import { makePipe, say } from "./verdict.ts";

/** Many gigabytes may have to be written. */
const FREEZES_MS = 600_000;

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
  startFreezer(draft, container.Id, goesOn ? ["--leave-running"] : []);
  const end = Date.now() + FREEZES_MS;
  if (await reaches(draft, "frozen", end)) {
    try {
      await Promise.all([keepState(container, draft, goesOn ? null : then.logOffset), goesOn && then.meanwhile()]);
    } catch (error) {
      await leave(draft, container);
      throw error;
    }
    await answer(draft, "kept", end);
  }
  if ((await outcome(draft, end)) === 0) return;
  const why = await whyCriuFailed(at("dump.log"));
  await leave(draft, container);
  throw new Fault("unavailable", `the runtime can't be frozen: ${why}`);
}

/** True if a container was frozen into the draft and has ended. */
export async function isFrozenInto(draft: string): Promise<boolean> {
  return (await outcomeOf(draft)) === 0;
}

/** Lets a container that is being frozen go on, and takes the draft away. */
export async function leave(draft: string, container: Inspected): Promise<void> {
  if (await exists(join(draft, "criu.conf"))) {
    const end = Date.now() + FREEZES_MS;
    await answer(draft, "leave", end);
    await outcome(draft, end);
    // A CRIU that was killed has not thawed what it had frozen.
    await crun("resume", container.Id).catch(() => {});
  }
  await rm(draft, { recursive: true, force: true });
}

/** To CRIU, which asks when it has written the rest, unless it has failed by then. */
async function answer(draft: string, word: string, endMs: number): Promise<void> {
  if (!(await hasEnded(draft)) && (await reaches(draft, "asks", endMs))) await say(draft, word).catch(() => {});
}
