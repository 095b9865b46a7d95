/** `markco start`: the whole platform on this machine, until Ctrl-C. */
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";
import { buildAll } from "../build.ts";
import { originOf } from "../local/addresses.ts";
import { signInCommandLine } from "../local/command-line.ts";
import { type StateFolders, stateFolders } from "../local/folders.ts";
import { DEMO } from "../local/identity/accounts.ts";
import { ensureImages } from "../local/images/images.ts";
import { requireMachine } from "../local/needs/machine.ts";
import { ensurePrograms } from "../local/needs/packages.ts";
import { clearLeftovers, Platform } from "../local/platform.ts";
import { DEFAULT_PORT, type Ports, portsFrom, requireFree } from "../local/ports.ts";
import { endPrograms } from "../local/program.ts";
import { say, step } from "../local/progress.ts";
import { RunRecord } from "../local/run-record.ts";
import { ensureSecrets } from "../local/secrets.ts";
import type { Command } from "./command.ts";
import { keepLocalCredentials, localCredentialsFile } from "./credentials.ts";

export const command: Command = {
  name: "start",
  usage: "markco start [--port N] [--fresh]",
  summary: "run the whole platform on this machine (npm start)",
  help: `
Runs in the foreground. Ctrl-C stops everything in order: running runtimes are put to sleep with their variables.
  --port N   the first of four ports on loopback (default ${DEFAULT_PORT})
  --fresh    forget all projects, sites and people of this machine first; built images stay

DATABASE_URL names a Postgres to use instead of the local one. MARKCO_STATE names another folder for the state.
MARKCO_LANGUAGES (such as python,r) says what the runtime image is built with, instead of all that Debian has; MARKCO_JULIA
names a folder with an unpacked Julia release to put into it.`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { port: { type: "string", default: String(DEFAULT_PORT) }, fresh: { type: "boolean", default: false } },
    });
    requireMachine();
    const ports = portsFrom(parsePort(values.port));
    const folders = stateFolders(process.env);
    const began = Date.now();
    const record = RunRecord.take(folders.run, originOf(ports.edge));
    try {
      const stop = stopSignal();
      const platform = await prepare(folders, ports, record, values.fresh, stop);
      await runUntil(stop, platform, began);
      return 0;
    } finally {
      record.release();
    }
  },
};

/** Everything up to the first process of the platform: programs, bundles, images. */
async function prepare(folders: StateFolders, ports: Ports, record: RunRecord, fresh: boolean, stop: AbortSignal) {
  if (record.afterCrash) await step("clearing up after a start that was killed", () => clearLeftovers(folders));
  await requireFree(ports);
  if (fresh) await forget(folders);
  stop.addEventListener("abort", endPrograms);
  try {
    await Promise.all([ensurePrograms("platform"), buildAll()]);
    const hostImage = await ensureImages();
    const secrets = await ensureSecrets(folders.secrets);
    return new Platform({ folders, ports, secrets, hostImage, databaseUrl: process.env.DATABASE_URL ?? null, record });
  } catch (error) {
    throw stop.aborted ? new Fault("unavailable", "stopped before it was ready") : error;
  } finally {
    stop.removeEventListener("abort", endPrograms);
  }
}

async function runUntil(stop: AbortSignal, platform: Platform, began: number): Promise<void> {
  try {
    await step("starting", async () => {
      await platform.start();
      await keepLocalCredentials(process.env, {
        url: platform.origin,
        token: await signInCommandLine(platform.origin),
      });
    });
    say(`ready in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    say(`open ${platform.origin} and sign in as ${DEMO.name} (password ${DEMO.password}); Ctrl-C stops it`);
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve));
  } finally {
    await step("stopping", () => platform.stop());
  }
  say("stopped");
}

async function forget(folders: StateFolders): Promise<void> {
  const { data, containers, database, s3, ec2, edge, secrets } = folders;
  const paths = [data, containers, database, s3, ec2, edge, secrets, localCredentialsFile(process.env)];
  for (const path of paths) await rm(path, { recursive: true, force: true });
}

/** Aborted by the first Ctrl-C or SIGTERM; more of them change nothing. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_500) return port;
  throw new Fault("invalid", `--port ${text}: a port is a number from 1 to 65500`);
}
