/** `markco stop`: ends the platform that `start` runs, in order. */
import { parseArgs } from "node:util";
import { stateFolders } from "../local/folders.ts";
import { runningStart } from "../local/run-record.ts";
import type { Command } from "./command.ts";

const LOOK_MS = 100;

export const command: Command = {
  name: "stop",
  usage: "markco stop [--json]",
  summary: "stop the local platform",
  help: `
Running runtimes are put to sleep with their variables; they go on at the next start.
  --json   print {"stopped": true|false} (false: it was not running)`,
  async run(args) {
    const { values } = parseArgs({ args, options: { json: { type: "boolean" } } });
    const stopped = await stop(stateFolders(process.env).run);
    if (values.json) process.stdout.write(`${JSON.stringify({ stopped })}\n`);
    else process.stderr.write(stopped ? "markco: stopped\n" : "markco: it is not running\n");
    return 0;
  },
};

/** Resolves when the running start has ended; false if there was none. */
async function stop(runFolder: string): Promise<boolean> {
  const running = runningStart(runFolder);
  if (!running) return false;
  process.kill(running.pid, "SIGTERM");
  while (runningStart(runFolder)) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return true;
}
