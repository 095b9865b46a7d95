/** What a script of images/host waits for: one word, by a named pipe beside what it works on. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";

const run = promisify(execFile);
/** Between the sign that it waits and its looking into the pipe. */
const LISTENS_MS = 2_000;
const LOOK_MS = 2;

export async function makePipe(place: string): Promise<void> {
  await run("mkfifo", [join(place, "go")]);
}

/** Throws Fault("unavailable") if nobody waits. */
export async function say(place: string, word: string): Promise<void> {
  const connect = () => open(join(place, "go"), constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
  let pipe = await connect();
  for (const end = Date.now() + LISTENS_MS; !pipe && Date.now() < end; pipe = await connect()) await wait(LOOK_MS);
  if (!pipe) throw new Fault("unavailable", "the runtime's container does not wait any more");
  await pipe.write(`${word}\n`);
  await pipe.close();
}
