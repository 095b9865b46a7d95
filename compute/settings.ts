/** What the daemon is told by its environment. Parsed once, at start; a wrong value ends the process with one line. */
import * as z from "zod";
import { parseJson } from "../shared/daemon/fault.ts";
import { DEFAULT_TIERS, type Tier, TierTable } from "./tiers/tiers.ts";

/** Names with commas between them. */
const Names = z
  .string()
  .default("")
  .transform((text) => text.split(",").filter((name) => name !== ""));

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
  /** The base server's address among hosts, where their agents find the daemon and the projects' files. */
  HOST_NETWORK_ADDRESS: z.string().default("127.0.0.1"),
  /** The sizes of runtimes as JSON, in place of the table in tiers.ts. */
  TIERS: z.string().transform(tiersOf).default(DEFAULT_TIERS),
  /** A runtime that nobody uses is put to sleep after this long. */
  IDLE_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .default(20 * 60),
  /** Of each project, all its snapshots together. */
  SNAPSHOT_QUOTA_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(20 * 1024 ** 3),
  /** A cold launch takes about half a minute; a machine that takes longer than this is given up. */
  HOST_UP_SECONDS: z.coerce.number().int().min(10).default(180),
  /** The archive of a runtime that has slept for longer goes from the base server's disk to S3. */
  COLD_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(7 * 24 * 60 * 60),
  /** Where they go; without it the bucket of sites, below `archives/`. Best one that readers' servers can't read. */
  S3_ARCHIVE_BUCKET: z.string().min(3).optional(),
  /** A runtime whose GPU is not used for this long goes back to a machine without one. */
  GPU_IDLE_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .default(10 * 60),
  /** Without it AWS's own. */
  EC2_ENDPOINT: z.url().optional(),
  EC2_REGION: z.string().default("us-east-1"),
  /** Without them the machine's own role. */
  EC2_ACCESS_KEY_ID: z.string().optional(),
  EC2_SECRET_ACCESS_KEY: z.string().optional(),
  /** The AMI of hosts, made from images/host. */
  EC2_IMAGE: z.string().default(""),
  /** One for each zone, in the order in which they are tried. */
  EC2_SUBNETS: Names,
  EC2_SECURITY_GROUPS: Names,
});
export type Settings = z.infer<typeof Settings>;

/** Throws an Error whose message names the first variable that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const result = Settings.safeParse(environment);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`environment variable ${issue?.path.join(".")}: ${issue?.message}`);
}

function tiersOf(text: string, context: z.RefinementCtx): readonly Tier[] {
  try {
    return parseJson(TierTable, text, "TIERS");
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}
