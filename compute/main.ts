/** `markco.mjs daemon`: the daemon and, in the same process, the agent of the machine it runs on. */
import { startDaemon } from "./daemon.ts";
import { readSettings } from "./settings.ts";

async function main(): Promise<void> {
  const [role] = process.argv.slice(2);
  if (role !== "daemon") throw new Error("usage: markco.mjs daemon");
  const daemon = await startDaemon(readSettings(process.env));
  console.log("daemon: ready");
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      daemon.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error("daemon: it did not stop in order:", error);
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(`daemon: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
