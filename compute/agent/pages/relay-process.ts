/**
 * `markco.mjs page-relay FOLDER CONTAINER`, at the host that a runtime comes to: brings its memory for `criu lazy-pages`. It is
 * started ahead and waits to be told where from, and it outlives the agent. If the source is lost, it ends the container before
 * CRIU can hear of it: as long as CRIU waits, whoever touches a missing page waits, too; when CRIU ends, he reads zeros.
 */
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Fault } from "../../../shared/daemon/fault.ts";
import { exists } from "../../projects/folders.ts";
import { crun } from "../offers.ts";
import { makePipe, say } from "../verdict.ts";
import { endApart, note, startApart } from "./apart.ts";
import { lazyRanges } from "./pagemap.ts";
import { ReadAhead } from "./read-ahead.ts";
import { relay } from "./relay.ts";
import { SourceLink } from "./source-link.ts";

const STARTS_MS = 10_000;
const LOOK_MS = 3;

const folderIn = (place: string) => join(place, "relay");

/**
 * @param place where the images will lie, in `images`
 * @param key PEM: the same that the source has
 */
export async function startRelay(place: string, containerId: string, key: string): Promise<void> {
  const folder = folderIn(place);
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, "key.pem"), key, { mode: 0o600 });
  await makePipe(folder);
  startApart("page-relay", folder, containerId);
}

/** For `criu lazy-pages`. Throws Fault("unavailable"). */
export async function relayPort(place: string): Promise<string> {
  const port = join(folderIn(place), "port");
  for (const end = Date.now() + STARTS_MS; !(await exists(port)); await wait(LOOK_MS)) {
    if (Date.now() > end) throw new Fault("unavailable", "the relay of memory does not start");
  }
  return readFile(port, "utf8");
}

/** Says where the source is, when the images are there. Throws Fault("unavailable") if the relay does not wait for it. */
export function directRelay(place: string, address: string, port: number): Promise<void> {
  return say(folderIn(place), `${address} ${port}`);
}

/** True if the source answers, or if no relay is needed. */
export async function isRelayReady(place: string): Promise<boolean> {
  return !(await exists(folderIn(place))) || (await exists(join(folderIn(place), "ready")));
}

export function hasRelayFailed(place: string): Promise<boolean> {
  return exists(join(folderIn(place), "lost"));
}

export function endRelay(place: string): Promise<void> {
  return endApart("page-relay", folderIn(place));
}

/** Is the process. */
export async function runRelay([folder = "", containerId = ""]: readonly string[]): Promise<{ stop(): Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  await note(folder, "port", String((server.address() as AddressInfo).port));
  bring(folder, server).then(
    () => process.exit(0),
    async (error: unknown) => {
      await note(folder, "lost", error instanceof Error ? error.message : String(error)).catch(() => {});
      await crun("kill", containerId, "KILL").catch(() => {});
      process.exit(1);
    },
  );
  return {
    async stop() {
      server.close();
    },
  };
}

/** Resolves when `criu lazy-pages` asks no more. */
async function bring(folder: string, server: Server): Promise<void> {
  const key = await readFile(join(folder, "key.pem"), "utf8");
  // A pipe: this waits.
  const [address = "", port = ""] = (await readFile(join(folder, "go"), "utf8")).trim().split(" ");
  const [link, wanted] = await Promise.all([
    SourceLink.open(address, Number(port), key),
    lazyRanges(join(folder, "../images")),
  ]);
  const pages = new ReadAhead(wanted, link.fetch);
  pages.advance();
  const asked = once(server, "connection");
  await note(folder, "ready", "");
  const [asker] = await Promise.race([asked, link.lost]);
  await Promise.race([relay(asker, pages), link.lost]);
}
