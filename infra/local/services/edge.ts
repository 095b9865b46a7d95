/** The edge: the built Worker in workerd, configured by the same wrangler.toml as in production. */
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { DIST, REPOSITORY } from "../folders.ts";
import { serve } from "./child.ts";

const Settings = z.object({
  port: z.int(),
  folder: z.string(),
  /** What wrangler.toml leaves to the place that it is deployed to: addresses and secrets. */
  variables: z.record(z.string(), z.string()),
});

serve(Settings, async ({ port, folder, variables }) => {
  // The bundle is one module: rules for finding more are of no use, and Miniflare 5 refuses them.
  const { modulesRules: _, ...workerOptions } = unstable_getMiniflareWorkerOptions(
    join(REPOSITORY, "wrangler.toml"),
  ).workerOptions;
  const configured = z.record(z.string(), z.json()).optional().parse(workerOptions.bindings);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      resourcePersistencePath: folder,
      workers: [
        {
          ...workerOptions,
          modules: true,
          modulesRoot: join(DIST, "edge"),
          scriptPath: join(DIST, "edge", "worker.js"),
          bindings: { ...configured, ...variables },
        },
      ],
    }),
  );
  await miniflare.ready;
  return { close: () => miniflare.dispose() };
});
