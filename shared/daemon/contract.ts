/**
 * What the edge and the daemon say to each other. Both sides parse with these schemas; neither imports the other.
 * Every request is signed (signature.ts), every failure is a FaultBody (fault.ts).
 */
import * as z from "zod";
import { problemOfPath } from "../fsml/path.ts";
import { ROLES } from "../roles.ts";
import { Handle } from "./actor.ts";
import { MAX_FILE_BYTES, MAX_FILES, MAX_PROJECT_BYTES } from "./limits.ts";

/** A project's name in URLs and on disk. */
export const Slug = z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/, {
  error: "a project's name has 1 to 100 of a-z, 0-9 and inner . _ -",
});

export const ProjectPath = z.string().superRefine((path, context) => {
  const problem = problemOfPath(path);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex");

/** Where the daemon answers. `target` builders return path and query, ready to be signed. */
export const DAEMON = {
  health: () => "/v1/health",
  imports: () => "/v1/imports",
  importFile: (importId: string, path: string) => `/v1/imports/${importId}/file?path=${encodeURIComponent(path)}`,
  importCommit: (importId: string) => `/v1/imports/${importId}/commit`,
  import: (importId: string) => `/v1/imports/${importId}`,
  project: (projectId: string) => `/v1/projects/${projectId}`,
  file: (projectId: string, path: string) => `/v1/projects/${projectId}/file?path=${encodeURIComponent(path)}`,
  publish: (projectId: string) => `/v1/projects/${projectId}/publish`,
  runtime: (projectId: string) => `/v1/projects/${projectId}/runtime`,
  move: (projectId: string) => `/v1/projects/${projectId}/runtime/move`,
  moveState: (projectId: string, moveId: string) => `/v1/projects/${projectId}/runtime/moves/${moveId}`,
  snapshots: (projectId: string) => `/v1/projects/${projectId}/runtime/snapshots`,
  snapshot: (projectId: string, snapshotId: string) => `/v1/projects/${projectId}/runtime/snapshots/${snapshotId}`,
  restoreSnapshot: (projectId: string, snapshotId: string) =>
    `/v1/projects/${projectId}/runtime/snapshots/${snapshotId}/restore`,
  shareSnapshot: (projectId: string, snapshotId: string) =>
    `/v1/projects/${projectId}/runtime/snapshots/${snapshotId}/share`,
  sandboxes: (projectId: string) => `/v1/projects/${projectId}/sandboxes`,
  sandbox: (projectId: string, sandboxId: string) => `/v1/projects/${projectId}/sandboxes/${sandboxId}`,
  /** What a sandbox has written that its original has not, or has otherwise. */
  sandboxChanges: (projectId: string, sandboxId: string) => `/v1/projects/${projectId}/sandboxes/${sandboxId}/changes`,
  /** MRP of a sandbox: `rest` starts with `/mrp/v1/`. */
  sandboxMrp: (projectId: string, sandboxId: string, rest: string) =>
    `/v1/projects/${projectId}/sandboxes/${sandboxId}${rest}`,
  /** Machines that runtimes of this owner's projects are on. */
  hosts: (ownerId: string) => `/v1/hosts?owner=${ownerId}`,
  plan: () => "/v1/plan",
  /** Terminals of the project's runtime: `rest` is empty or starts with a slash. */
  terminals: (projectId: string, rest: string) => `/v1/projects/${projectId}/terminals${rest}`,
  /** A web app in the project's runtime: `rest` starts with a slash, and is what the app sees. */
  proxy: (projectId: string, port: number, rest: string) => `/v1/projects/${projectId}/proxy/${port}${rest}`,
  /** Of an answer that is not the app's: its body is a FaultBody. */
  proxyFault: "x-markco-fault",
  /** MRP of the project's runtime: `rest` starts with `/mrp/v1/`. */
  mrp: (projectId: string, rest: string) => `/v1/projects/${projectId}${rest}`,
  /** Tells what a person may do in the project from now on. */
  access: (projectId: string) => `/v1/projects/${projectId}/access`,
  /** The owner's editor server: `rest` starts with `/`, and is what the editor server sees. */
  editor: (projectId: string, rest: string) => `/v1/projects/${projectId}/editor${rest}`,
} as const;

export const Owner = z.object({ userId: z.uuid(), handle: Handle });

/** POST imports. Everything about an import is checked before its first byte is taken. */
export const ImportRequest = z
  .object({
    importId: z.uuid(),
    projectId: z.uuid(),
    owner: Owner,
    slug: Slug,
    files: z
      .array(
        z.object({
          path: ProjectPath,
          bytes: z.int().min(0),
          sha256: Sha256,
        }),
      )
      .min(1, "an import needs at least one file")
      .max(MAX_FILES, `a project has at most ${MAX_FILES} files`),
  })
  .superRefine(({ files }, context) => {
    const seen = new Set<string>();
    let total = 0;
    for (const file of files) {
      total += file.bytes;
      const issue = (message: string) => context.addIssue({ code: "custom", path: [], message });
      if (file.bytes > MAX_FILE_BYTES) {
        issue(`${file.path} has ${file.bytes} bytes; a file may have ${MAX_FILE_BYTES} (25 MiB)`);
      }
      if (seen.has(file.path)) issue(`${file.path} is named twice`);
      seen.add(file.path);
    }
    if (total > MAX_PROJECT_BYTES) {
      context.addIssue({
        code: "custom",
        path: [],
        message: `${total} bytes in all; a project may have ${MAX_PROJECT_BYTES}`,
      });
    }
    if (!seen.has("mrmd.md")) {
      context.addIssue({
        code: "custom",
        path: [],
        message: "no mrmd.md at the root: that file marks the root of a project",
      });
    }
  });
export type ImportRequest = z.infer<typeof ImportRequest>;

/** What `publish:` came to. The site keeps its last good state while `problem` stands. */
export const SiteState = z.object({
  published: z.boolean(),
  /** The project's name, as readers see it, while it is published. */
  title: z.string().nullable().default(null),
  /** `@user/name` of the live site, or null. */
  url: z.string().nullable(),
  visibility: z.enum(["public", "unlisted", "private"]).nullable(),
  /** Version of the live manifest, counted from 1; 0 while nothing is live. */
  version: z.int(),
  /** When that version went live; null while nothing is live, and in states that were told before there was this. */
  publishedAt: z.iso.datetime().nullable().default(null),
  pages: z.int(),
  /** Why the newest state of the files could not be published, as `file:line: message`. */
  problem: z.string().nullable(),
  /** Of pages that are not shown because another one has their address: which one, as `file: message`. */
  unreachable: z.array(z.string()).default([]),
});
export type SiteState = z.infer<typeof SiteState>;

export const RuntimeState = z.object({
  id: z.uuid(),
  epoch: z.int().min(1),
  state: z.enum([
    "stopped",
    "starting",
    "running",
    "moving",
    "checkpointing",
    "asleep",
    "waking",
    "stopping",
    "failed",
  ]),
  /** The size that it has: a name of the table of tiers. */
  tier: z.string(),
  /** Why it failed or ended by itself, for a person. */
  reason: z.string().nullable(),
});
export type RuntimeState = z.infer<typeof RuntimeState>;

/** A move of a runtime from one tier to another. */
export const MoveState = z.object({
  id: z.uuid(),
  from: z.string(),
  to: z.string(),
  state: z.enum(["running", "done", "failed"]),
  /** provision, prepare, checkpoint, transfer, restore; empty before the first. */
  phase: z.string(),
  /** Milliseconds that each phase took. */
  phases: z.record(z.string(), z.int()),
  /** Why it failed, for a person: the runtime is where it was then. */
  error: z.string().nullable(),
});
export type MoveState = z.infer<typeof MoveState>;

/** What the platform saw of a runtime and did about it. */
export const Signal = z.object({
  name: z.enum([
    "pre-provision",
    "migrate",
    "urgent-migrate",
    "critical",
    "idle-sleep",
    "idle-wake",
    "lost",
    "gpu-hint",
    "gpu-idle",
    "big-ram-hint",
  ]),
  at: z.iso.datetime(),
  /** For a person. */
  detail: z.string(),
});
export type Signal = z.infer<typeof Signal>;

/** A runtime as its author sees it. */
export const RuntimeView = RuntimeState.extend({
  /** Bytes; null while it does not run. */
  memory: z.object({ used: z.number(), limit: z.number() }).nullable(),
  /** The move that is under way. */
  move: MoveState.nullable(),
  /** Tiers of machines that are ready for it, or on their way. */
  held: z.array(z.string()),
  /** The newest, newest first. */
  signals: z.array(Signal),
});
export type RuntimeView = z.infer<typeof RuntimeView>;

/** POST projects/:project/runtime/move. `moveId` makes a repeated one harmless. */
export const MoveRequest = z.object({ tier: z.string().min(1).max(40), moveId: z.uuid().optional() });

/** A runtime's state, kept under a name. */
export const SnapshotState = z.object({
  id: z.uuid(),
  name: z.string(),
  bytes: z.int(),
  tier: z.string(),
  created: z.iso.datetime(),
  /** Who made it: nobody else sees it, except the project's owner, until it is shared with those who may run cells here. */
  madeBy: z.uuid(),
  shared: z.boolean(),
  /** Why it can't be restored any more, for a person; null if it can be. */
  problem: z.string().nullable(),
});
export type SnapshotState = z.infer<typeof SnapshotState>;
export const SnapshotList = z.object({
  snapshots: z.array(SnapshotState),
  usedBytes: z.int(),
  /** Of the project, all snapshots together. */
  quotaBytes: z.int(),
});
export type SnapshotList = z.infer<typeof SnapshotList>;

/** POST snapshots. `snapshotId` makes a repeated one harmless. Answered when it is kept. */
export const SnapshotRequest = z.object({
  name: z.string().trim().min(1, "a snapshot needs a name").max(80, "a snapshot's name has at most 80 characters"),
  snapshotId: z.uuid().optional(),
});

/** POST snapshots/:id/share. */
export const ShareSnapshotRequest = z.object({ shared: z.boolean() });

/** A fork of a project's runtime beside it: it has all of its state, and nothing that it does reaches the original. */
export const SandboxState = z.object({
  id: z.uuid(),
  state: z.enum(["starting", "running", "failed", "ended"]),
  tier: z.string(),
  created: z.iso.datetime(),
  /** When it is destroyed with all that it has written. */
  expires: z.iso.datetime(),
  /** Why it failed or ended, for a person. */
  reason: z.string().nullable(),
});
export type SandboxState = z.infer<typeof SandboxState>;
export const SandboxList = z.object({ sandboxes: z.array(SandboxState) });

export const MAX_SANDBOXES = 10;
export const MAX_SANDBOX_MINUTES = 24 * 60;

/** POST sandboxes. `sandboxId` makes a repeated one harmless. Answered when it can be used. */
export const SandboxRequest = z.object({
  sandboxId: z.uuid().optional(),
  minutes: z
    .int()
    .min(1, "a sandbox lives for at least one minute")
    .max(MAX_SANDBOX_MINUTES, `a sandbox lives for at most ${MAX_SANDBOX_MINUTES} minutes`)
    .default(60),
});

/** Files, by their paths in the project. */
export const SandboxChanges = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      change: z.enum(["added", "changed", "removed"]),
      /** Of the sandbox's; 0 for one that it has removed. */
      bytes: z.int(),
    }),
  ),
  /** True if there are more than are listed. */
  truncated: z.boolean(),
});
export type SandboxChanges = z.infer<typeof SandboxChanges>;

/** A machine that was launched for a runtime. */
export const HostState = z.object({
  id: z.uuid(),
  tier: z.string(),
  state: z.enum(["launching", "ready", "leaving"]),
  /** Null until EC2 has said it. */
  instanceId: z.string().nullable(),
  projectId: z.uuid(),
  /** False while it can't be spoken to. */
  connected: z.boolean(),
  dollarsPerHour: z.number(),
  /** ISO 8601. */
  since: z.iso.datetime(),
});
export type HostState = z.infer<typeof HostState>;
export const HostList = z.object({ hosts: z.array(HostState) });

export const ProjectState = z.object({
  projectId: z.uuid(),
  owner: Owner,
  slug: Slug,
  files: z.array(z.object({ path: z.string(), bytes: z.int() })),
  site: SiteState,
  runtime: RuntimeView.nullable(),
});
export type ProjectState = z.infer<typeof ProjectState>;

/** POST access: what the person has open in the project is closed, and opened again only with the role that they have now. */
export const AccessChange = z.object({
  userId: z.uuid(),
  /** Null for somebody who has none any more. */
  role: z.enum(ROLES).nullable(),
  /** When that was read, by the database's clock, in milliseconds: of two changes the later one holds, however they arrive. */
  readMs: z.number(),
});
export type AccessChange = z.infer<typeof AccessChange>;

export const Health = z.object({ ok: z.literal(true), version: z.string(), bootId: z.string() });

/** The time that a machine ran for a project: sent when it is launched, and again when it has ended. */
export const Usage = z.object({
  /** The host's. */
  id: z.uuid(),
  tier: z.string(),
  dollarsPerHour: z.number().min(0),
  from: z.iso.datetime(),
  /** Null while it runs. */
  to: z.iso.datetime().nullable(),
});
export type Usage = z.infer<typeof Usage>;

/** What a person's machines cost in this calendar month (UTC), in US dollars. */
export const Bill = z.object({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  projects: z.array(
    z.object({ project: z.string(), tier: z.string(), seconds: z.int(), dollars: z.number(), running: z.boolean() }),
  ),
  dollars: z.number(),
  /** The same by days (UTC), from the first until today. */
  days: z.array(z.object({ date: z.iso.date(), dollars: z.number() })),
  /** At the end of the month, if it goes on as so far. */
  forecastDollars: z.number(),
  /** If each project had kept the largest machine it ever needed since it first needed one. */
  alwaysOnDollars: z.number(),
});
export type Bill = z.infer<typeof Bill>;

/** Where the edge takes events of the daemon. */
export const EDGE_EVENTS = "/api/daemon/events";

/** Events of the daemon, sent to the edge until it answers 2xx; `id` makes a repeated one harmless. */
export const DaemonEvent = z.discriminatedUnion("type", [
  z.object({ id: z.uuid(), type: z.literal("site"), projectId: z.uuid(), site: SiteState }),
  z.object({ id: z.uuid(), type: z.literal("runtime"), projectId: z.uuid(), runtime: RuntimeState }),
  z.object({ id: z.uuid(), type: z.literal("usage"), projectId: z.uuid(), usage: Usage }),
  z.object({ id: z.uuid(), type: z.literal("signal"), projectId: z.uuid(), runtimeId: z.uuid(), signal: Signal }),
  z.object({ id: z.uuid(), type: z.literal("move"), projectId: z.uuid(), runtimeId: z.uuid(), move: MoveState }),
  z.object({ id: z.uuid(), type: z.literal("snapshot"), projectId: z.uuid(), snapshot: SnapshotState }),
  z.object({ id: z.uuid(), type: z.literal("snapshot-gone"), projectId: z.uuid(), snapshotId: z.uuid() }),
]);
export type DaemonEvent = z.infer<typeof DaemonEvent>;
