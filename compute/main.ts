/**
 * `markco.mjs daemon`: the daemon and, in the same process, the agent of the machine it runs on.
 * `markco.mjs agent`: the agent of another host.
 * `markco.mjs page-server`, `markco.mjs page-relay`: the two ends of a runtime's memory on its way to another host.
 */

/** What runs until it is told to stop. */
interface Running {
  stop(): Promise<void>;
}

/** Each reads only what it needs of this bundle: the ends of a memory's way are small, and a runtime waits for one of them. */
const ROLES: Readonly<Record<string, (args: readonly string[]) => Promise<Running>>> = {
  async daemon() {
    const [{ startDaemon }, { readSettings }] = await Promise.all([import("./daemon.ts"), import("./settings.ts")]);
    return startDaemon(readSettings(process.env));
  },
  agent: async () => (await import("./agent/main.ts")).startAgent(),
  "page-server": async (args) => (await import("./agent/pages/server-process.ts")).runPageServer(args),
  "page-relay": async (args) => (await import("./agent/pages/relay-process.ts")).runRelay(args),
};

async function main(role: string, args: readonly string[]): Promise<void> {
  const start = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (!start) throw new Error(`usage: markco.mjs ${Object.keys(ROLES).join("|")}`);
  const running = await start(args);
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

const [role = "", ...args] = process.argv.slice(2);
main(role, args).catch((error: unknown) => {
  console.error(`${role}: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
