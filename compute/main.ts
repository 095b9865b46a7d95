/**
 * `markco.mjs daemon`: the daemon and, in the same process, the agent of the machine it runs on.
 * `markco.mjs agent`: the agent of another host.
 */
import { startAgent } from "./agent/main.ts";
import { startDaemon } from "./daemon.ts";
import { readSettings } from "./settings.ts";

/** What runs until it is told to stop. */
interface Running {
  stop(): Promise<void>;
}

const ROLES: Readonly<Record<string, () => Promise<Running>>> = {
  daemon: () => startDaemon(readSettings(process.env)),
  agent: startAgent,
};

async function main(role: string): Promise<void> {
  const start = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (!start) throw new Error("usage: markco.mjs daemon|agent");
  const running = await start();
  console.log(`${role}: ready`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(`${role}: it did not stop in order:`, error);
          process.exit(1);
        },
      );
    });
  }
}

const [role = ""] = process.argv.slice(2);
main(role).catch((error: unknown) => {
  console.error(`${role}: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
