/** What the daemon is told by its environment. Parsed once, at start; a wrong value ends the process with one line. */
import { z } from "zod";

const Settings = z.object({
  /** Users' folders, journal and checkpoints live below it; it must survive a reboot. */
  MARKCO_DATA: z.string().default("/data"),
  /** Sockets; emptied by a reboot. */
  MARKCO_RUN: z.string().default("/run/markco"),
  /** Address that the edge reaches. */
  MARKCO_LISTEN: z.string().default("0.0.0.0"),
  MARKCO_PORT: z.coerce.number().int().min(1).max(65535).default(7070),
  DAEMON_SECRET: z.string().min(32, "at least 32 characters"),
  /** Where signed events go: the edge's origin. */
  EDGE_ORIGIN: z.url(),
  S3_ENDPOINT: z.url(),
  S3_BUCKET: z.string().min(3),
  S3_REGION: z.string().default("auto"),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  RUNTIME_IMAGE: z.string().default("localhost/markco-runtime:latest"),
  EDITOR_IMAGE: z.string().default("localhost/markco-editor:latest"),
  /** Memory of a runtime that asks for nothing else, in MiB. */
  RUNTIME_MEMORY_MIB: z.coerce.number().int().min(128).default(2048),
});
export type Settings = z.infer<typeof Settings>;

/** Throws an Error whose message names the first variable that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const result = Settings.safeParse(environment);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`environment variable ${issue?.path.join(".")}: ${issue?.message}`);
}
