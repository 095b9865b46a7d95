/** The edge: the built Worker in workerd, configured by the same wrangler.toml as in production. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import * as z from "zod";
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
  // Its release is named by the bundle's content: what was rendered before a restart is still good after it.
  const {
    modulesRules: _,
    versionMetadata: _ofCloudflare,
    ...workerOptions
  } = unstable_getMiniflareWorkerOptions(join(REPOSITORY, "wrangler.toml")).workerOptions;
  const bundle = join(DIST, "edge", "worker.js");
  const id = createHash("sha256")
    .update(await readFile(bundle))
    .digest("hex");
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
          scriptPath: bundle,
          bindings: { ...configured, ...variables, RELEASE: { id } },
        },
      ],
    }),
  );
  await miniflare.ready;
  return { close: () => miniflare.dispose() };
});
