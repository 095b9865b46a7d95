/**
 * The side of a handover that a runtime comes to. Everything around it is made while it still runs over there: its container,
 * network, mounts and files. When its state has come its processes are made from it, and go on at once; its memory follows.
 */
import { execFile } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";
import type { Inspected, Podman } from "../podman/podman.ts";
import { exists } from "../projects/folders.ts";
import { Changes, unpack, unpackFolder, untar, writeAll } from "./container-files.ts";
import { whyCriuFailed } from "./freezer.ts";
import type { MemoryState } from "./host-agent.ts";
import { crun } from "./offers.ts";
import { directRelay, endRelay, hasRelayFailed, isRelayReady, relayPort, startRelay } from "./pages/relay-process.ts";
import { outcomeOf, processesOf, startScript } from "./scripts.ts";
import { makePipe, say } from "./verdict.ts";

const run = promisify(execFile);
/** By container, where images/host's crun looks for them. */
const EXPECTED = "/run/markco/expected";
/** By runtime: links to those. */
const ARRIVALS = "/run/markco/arrivals";
const WAITS_MS = 20_000;
const LOOK_MS = 3;
const LOOK_WHETHER_LOST_MS = 100;
/** For so long CRIU may find out by itself that it fails. */
const FAILS_MS = 2_000;

interface Coming {
  readonly container: Inspected;
  /** Podman's start of the container, which ends when the runtime runs; null before it was begun. */
  start: Promise<void> | null;
}

export class Arrivals {
  readonly #podman: Podman;
  readonly #coming = new Map<string, Coming>();

  constructor(podman: Podman) {
    this.#podman = podman;
  }

  /**
   * Makes the place for what will come.
   * @param container of the runtime, made and not started
   * @param key PEM: the same that the other side has; null if it comes from an archive of this host
   */
  async prepare(runtimeId: string, container: Inspected, key: string | null): Promise<void> {
    const place = join(EXPECTED, container.Id);
    await mkdir(place, { recursive: true, mode: 0o700 });
    await mkdir(ARRIVALS, { recursive: true, mode: 0o700 });
    await symlink(place, join(ARRIVALS, runtimeId));
    await makePipe(place);
    if (key !== null) await startRelay(place, container.Id, key);
    this.#coming.set(runtimeId, { container, start: null });
  }

  /**
   * Makes all that can be made of a runtime before its state has come.
   * @param files all that it has written so far, from `readFiles`
   */
  async expect(runtimeId: string, files: Readable): Promise<void> {
    const coming = this.#expected(runtimeId);
    const { container } = coming;
    const place = join(EXPECTED, container.Id);
    await writeAll(container.GraphDriver.Data.UpperDir, files);
    coming.start = this.#podman.start(container.Id);
    let failure: unknown = null;
    coming.start.catch((error: unknown) => {
      failure = error;
    });
    const isWaiting = () => exists(join(place, "waiting"));
    for (const end = Date.now() + WAITS_MS; !(await isWaiting()); await wait(LOOK_MS)) {
      if (failure !== null) throw failure;
      if (Date.now() > end) throw new Fault("unavailable", "the runtime's container was not made in time");
    }
  }

  /** Puts in place what `readState` gives. */
  async write(runtimeId: string, state: Readable): Promise<void> {
    const { container } = this.#expected(runtimeId);
    const place = join(EXPECTED, container.Id);
    await untar(["-C", place, "-xpf", "-"], state);
    // It takes as long to start as the rest to be put in place.
    await this.#awaitFaults(place, container.Id);
    await putInPlace(container, place);
  }

  isExpected(runtimeId: string): boolean {
    return this.#coming.has(runtimeId);
  }

  /**
   * Lets the runtime go on here. Resolves when it runs; its memory goes on coming from `address`, `port`.
   * Throws Fault("unavailable") if it does not, and then nothing of it has run.
   */
  take(runtimeId: string, address: string, port: number): Promise<void> {
    return this.#take(runtimeId, (place) => directRelay(place, address, port));
  }

  /**
   * Lets the runtime go on from an archive of this host. Resolves when it runs; unless `lazily` is false its memory goes on
   * coming from there. Throws Fault("unavailable") if it does not run, and then nothing of it has.
   */
  async restore(runtimeId: string, container: Inspected, archive: string, lazily: boolean): Promise<void> {
    const place = join(EXPECTED, container.Id);
    await this.prepare(runtimeId, container, null);
    await this.expect(runtimeId, createReadStream(join(archive, "files.tar")));
    await symlink(join(archive, "images"), join(place, "images"));
    await putInPlace(container, archive);
    await this.#take(runtimeId, lazily ? async (...args) => startScript("load-pages", args) : null);
  }

  /** @param fetch begins to bring its memory; null if it is restored with all of it */
  async #take(runtimeId: string, fetch: ((place: string, containerId: string) => Promise<void>) | null): Promise<void> {
    const { container, start } = this.#expected(runtimeId);
    const place = join(EXPECTED, container.Id);
    await writeFile(join(place, "criu.conf"), `${fetch ? "lazy-pages\n" : ""}verbosity 1\n`);
    if (fetch) {
      await fetch(place, container.Id);
      await this.#canBeFetched(place);
    }
    await say(place, "restore");
    const over = new AbortController();
    endIfLost(place, container.Id, over.signal).catch(() => {});
    try {
      await start;
    } catch {
      const why = await whyCriuFailed(join(place, "restore.log"));
      throw new Fault("unavailable", `the runtime can't go on here: ${why}`);
    } finally {
      over.abort();
      this.#coming.delete(runtimeId);
    }
    if (!fetch) await writeFile(join(place, "outcome"), "0");
  }

  /** Starts what will hear of pages that are touched and not here; anew, if it was asked before a crash of the daemon. */
  async #awaitFaults(place: string, containerId: string): Promise<void> {
    const socket = join(place, "lazy-pages.socket");
    if (await exists(socket)) {
      await endFetching(place);
      await rm(socket);
    }
    startScript("fetch-pages", [place, containerId, await relayPort(place)]);
  }

  async #canBeFetched(place: string): Promise<void> {
    const isListening = async () => (await exists(join(place, "lazy-pages.socket"))) && (await isRelayReady(place));
    for (const end = Date.now() + WAITS_MS; !(await isListening()); await wait(LOOK_MS)) {
      const isOver = (await exists(join(place, "outcome"))) || (await hasRelayFailed(place)) || Date.now() > end;
      if (isOver) throw new Fault("unavailable", "the runtime's memory can't be fetched from where it is");
    }
  }

  /** How far the memory of a runtime has come that was taken. */
  async memory(runtimeId: string): Promise<MemoryState> {
    const place = join(ARRIVALS, runtimeId);
    if (!(await exists(place))) return "here";
    const outcome = await outcomeOf(place);
    // To CRIU, a process that was ended for want of its memory wants no more of it.
    if (await hasRelayFailed(place)) return "lost";
    if (outcome === null) return "coming";
    if (outcome !== 0) return "lost";
    await this.forget(runtimeId);
    return "here";
  }

  /** Makes sure that nothing waits for a runtime any more, and that nothing runs of one that came only half. */
  async forget(runtimeId: string): Promise<void> {
    const link = join(ARRIVALS, runtimeId);
    const place = await readlink(link).catch(() => null);
    if (place) {
      const containerId = place.slice(EXPECTED.length + 1);
      if ((await outcomeOf(place)) !== 0) {
        await say(place, "leave").catch(() => endRestoring(containerId));
        await this.#coming.get(runtimeId)?.start?.catch(() => {});
        await endRelay(place);
        await endFetching(place);
        await crun("delete", "--force", containerId).catch(() => {});
      }
      await rm(place, { recursive: true, force: true });
    }
    this.#coming.delete(runtimeId);
    await rm(link, { force: true });
  }

  #expected(runtimeId: string): Coming {
    const coming = this.#coming.get(runtimeId);
    if (!coming) throw new Fault("unavailable", "nothing is prepared here for the runtime");
    return coming;
  }
}

/** While processes are made: if what brings their memory has ended, so shall they, and nobody shall wait for them. */
async function endIfLost(place: string, containerId: string, over: AbortSignal): Promise<void> {
  for (; !over.aborted; await wait(LOOK_WHETHER_LOST_MS)) {
    const isLost = ((await outcomeOf(place)) ?? 0) !== 0 || (await hasRelayFailed(place));
    if (!isLost) continue;
    await wait(FAILS_MS);
    if (!over.aborted) await endRestoring(containerId);
  }
}

/**
 * Ends the CRIU that makes a container's processes. One that fails kills them, and may then wait for ever: for the first of them, which
 * waits for another that only the CRIU which traces it can bury (seen with 4.2.1).
 */
async function endRestoring(containerId: string): Promise<void> {
  const parents = await processesOf(`crun .*restore .*${containerId}`);
  if (parents.length > 0) await run("pkill", ["-KILL", "-P", parents.join(","), "criu"]).catch(() => {});
}

async function endFetching(place: string): Promise<void> {
  await run("pkill", ["-KILL", "-f", `(fetch|load)-pages ${place}|images-dir ${place}`]).catch(() => {});
}

/** What `keepState` has written to `folder`, into a container whose root is mounted by now. */
async function putInPlace(container: Inspected, folder: string): Promise<void> {
  const log = container.HostConfig.LogConfig.Path;
  const changes = parseJson(Changes, await readFile(join(folder, "changes.json"), "utf8"), "changes.json");
  await Promise.all([
    unpack(join(dirname(container.GraphDriver.Data.UpperDir), "merged"), join(folder, "changed.tar"), changes),
    unpackFolder(join(dirname(log), "shm"), join(folder, "shm.tar")),
    // What it has said goes in front of what it will say; conmon appends.
    (await exists(join(folder, "log"))) &&
      pipeline(createReadStream(join(folder, "log")), createWriteStream(log, { flags: "w" })),
  ]);
}
