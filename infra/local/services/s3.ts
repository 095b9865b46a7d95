/** S3: Miniflare's R2, which checks signatures and knows conditional puts. */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import * as z from "zod";
import { serve } from "./child.ts";

const COMPATIBILITY_DATE = "2026-10-23";

const Settings = z.object({
  port: z.int(),
  /** The name that the base server reaches this by. */
  alias: z.string(),
  folder: z.string(),
  bucket: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});

serve(Settings, async ({ port, alias, folder, bucket, accessKeyId, secretAccessKey }) => {
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
          name: "s3",
          modules: true,
          script: "export default { fetch: () => new Response(null, { status: 404 }) }",
          compatibilityDate: COMPATIBILITY_DATE,
          // Miniflare answers S3 requests only under names of loopback and names that a worker has routes for.
          routes: [`${alias}/*`],
          r2Buckets: { BUCKET: { id: bucket, s3Credentials: { accessKeyId, secretAccessKey } } },
        },
      ],
    }),
  );
  await miniflare.ready;
  return { close: () => miniflare.dispose() };
});
