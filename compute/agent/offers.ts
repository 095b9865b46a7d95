/**
 * The side of a handover that a runtime leaves: frozen, with all of its state but memory written, its memory served to whoever
 * has the handover's key (pages/server-process.ts). Until the runtime is ended here it can be let go on here.
 *
 * CRIU would serve the memory, too, but one request at a time and slower the more there is; here it waits for a reader that never
 * comes and holds the processes meanwhile. It is a process of its own, so it outlives the agent. Were it to die, the runtime would
 * go on by itself, perhaps beside its successor; so its control group is frozen, too.
 */
import { execFile } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Inspected } from "../podman/podman.ts";
import { exists } from "../projects/folders.ts";
import { changesSince, pack, packFolder, readAll, tarOf } from "./container-files.ts";
import { hasEnded, killFreezer, outcome, reaches, startFreezer, whyCriuFailed } from "./freezer.ts";
import { endPageServer, pageServerPort, startPageServer } from "./pages/server-process.ts";
import { SCRIPTS } from "./scripts.ts";

const run = promisify(execFile);
const OFFERED = "/run/markco/offered";
const FREEZES_MS = 60_000;
const WITHDRAWS_MS = 3_000;

/** `crun …` on the containers that Podman has made. */
export const crun = (...args: string[]) => run("/usr/bin/crun", ["--root", "/run/crun", ...args]);

const placeOf = (runtimeId: string) => join(OFFERED, runtimeId);

/** All that the container has written so far, while it runs. */
export async function readFiles(runtimeId: string, container: Inspected): Promise<Readable> {
  const place = placeOf(runtimeId);
  await rm(place, { recursive: true, force: true });
  await mkdir(join(place, "images"), { recursive: true, mode: 0o700 });
  return readAll(container.GraphDriver.Data.UpperDir, join(place, "noted.json"));
}

/**
 * Freezes the container and serves its memory. Asked again, it is served already. Throws Fault("unavailable"); the container
 * runs on then.
 * @param key PEM: a key and its certificate, for this handover alone
 * @param logOffset where what it has said begins to be of interest
 * @returns the port that memory is served at
 */
export async function offer(runtimeId: string, container: Inspected, key: string, logOffset: number): Promise<number> {
  const place = placeOf(runtimeId);
  const at = (name: string) => join(place, name);
  if ((await exists(at("kept"))) && !(await hasEnded(place))) return pageServerPort(place);
  if (await exists(at("hold-port"))) {
    // Whoever froze it died before all of its state was written, and nobody can tell which part is whole.
    await withdraw(runtimeId, container);
    throw new Fault("unavailable", "the machine's agent ended while the runtime was being frozen");
  }
  const holdPort = await freePort();
  await writeFile(at("hold-port"), String(holdPort));
  await writeFile(at("key.pem"), key, { mode: 0o600 });
  await writeFile(at("criu.conf"), sourceConf(holdPort, at("key.pem")));
  // Up before anything stands still.
  await startPageServer(place, container.State.Pid);
  startFreezer(place, container.Id);
  const end = Date.now() + FREEZES_MS;
  await reaches(place, "still", end);
  // While CRIU writes the rest.
  const kept = keepState(container, place, logOffset).then(
    () => null,
    (error: unknown) => String(error),
  );
  const isReady = await reaches(place, "ready", end);
  // Until it is paused CRIU alone holds it: were that to die, the runtime would go on here, and nothing was handed over.
  const [problem] = await Promise.all([kept, crun("pause", container.Id).catch(() => {})]);
  if (problem !== null || !isReady || (await hasEnded(place))) {
    const why = problem ?? (await whyCriuFailed(at("dump.log")));
    await withdraw(runtimeId, container);
    throw new Fault("unavailable", `the runtime can't be frozen: ${why}`);
  }
  await writeFile(at("kept"), "");
  return pageServerPort(place);
}

/** What a frozen container is but memory: a tar for `Arrivals`. Throws Fault("unavailable") if it is not frozen. */
export async function readState(runtimeId: string): Promise<Readable> {
  const place = placeOf(runtimeId);
  const isFrozen = (await exists(join(place, "kept"))) && !(await hasEnded(place));
  if (!isFrozen) throw new Fault("unavailable", "the runtime is not frozen here");
  return tarOf(["-C", place, "-cf", "-", "images", "changes.json", "changed.tar", "shm.tar", "log"]);
}

/**
 * Writes to `place` what a frozen container is besides its processes, and has not been read by `readAll`.
 * @param logOffset where what it has said begins to be of interest; null if it is of none
 */
export async function keepState(container: Inspected, place: string, logOffset: number | null): Promise<void> {
  const log = container.HostConfig.LogConfig.Path;
  const upper = container.GraphDriver.Data.UpperDir;
  const drained = logOffset === null ? null : run(`${SCRIPTS}/drained`, [String(container.State.ConmonPid)]);
  const changes = await changesSince(upper, join(place, "noted.json"));
  await writeFile(join(place, "changes.json"), JSON.stringify(changes));
  await Promise.all([
    pack(upper, changes, join(place, "changed.tar")),
    packFolder(join(dirname(log), "shm"), join(place, "shm.tar")),
    logOffset !== null && drained?.then(() => copyFrom(log, logOffset, join(place, "log"))),
  ]);
}

/** Lets the container go on here, if it is still here. One that was not offered is left as it is. */
export async function withdraw(runtimeId: string, container: Inspected): Promise<void> {
  const place = placeOf(runtimeId);
  if (!(await exists(join(place, "hold-port")))) return rm(place, { recursive: true, force: true });
  // What it changes from here on is not what was frozen.
  await endPageServer(place);
  // A client that hangs up makes CRIU put everything back as it was; one that is dead can't, and has let go by dying.
  const port = Number(await readFile(join(place, "hold-port"), "utf8"));
  connect(port, "127.0.0.1")
    .on("error", () => {})
    .end();
  if ((await outcome(place, Date.now() + WITHDRAWS_MS)) === null) await killFreezer(place);
  await crun("resume", container.Id).catch(() => {});
  await rm(place, { recursive: true, force: true });
}

/** Ends a container that may be frozen, so that not one instruction of it is run any more. */
export async function end(runtimeId: string, containerId: string): Promise<void> {
  const place = placeOf(runtimeId);
  if (!(await exists(place))) return;
  // In this order: the signal waits while it is frozen, and is the first thing that it meets when nobody holds it any more.
  await crun("kill", containerId, "KILL").catch(() => {});
  await killFreezer(place);
  await crun("resume", containerId).catch(() => {});
  await endPageServer(place);
  await rm(place, { recursive: true, force: true });
}

const sourceConf = (port: number, key: string) =>
  `${[
    "lazy-pages",
    "address 127.0.0.1",
    `port ${port}`,
    "tls",
    "tls-no-cn-verify",
    ...["cacert", "cert", "key"].map((name) => `tls-${name} ${key}`),
    `action-script ${SCRIPTS}/pages-ready`,
    "verbosity 1",
  ].join("\n")}\n`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port was given");
  return address.port;
}

async function copyFrom(file: string, offset: number, to: string): Promise<void> {
  const from = await open(file, "r");
  try {
    await writeFile(to, from.createReadStream({ start: offset, autoClose: false }));
  } finally {
    await from.close();
  }
}
