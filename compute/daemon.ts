/** The daemon put together: what it is made of, how it starts, and how it ends without losing anything. */
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import type { RuntimeView } from "../shared/daemon/contract.ts";
import { Agent, BASE_SERVER } from "./agent/agent.ts";
import { Admissions } from "./api/admissions.ts";
import { journaledNonces } from "./api/nonces.ts";
import type { Route } from "./api/router.ts";
import { createApiServer, onOwnerSocket, signedByEdge } from "./api/server.ts";
import { ColdArchives } from "./archives/cold-archives.ts";
import { ArchiveKeys } from "./archives/keys.ts";
import { S3ArchiveStore } from "./archives/s3-store.ts";
import { Editors } from "./editor/editors.ts";
import { editorTunnel } from "./editor/tunnel.ts";
import { Outbox } from "./events/outbox.ts";
import { Executions } from "./executions/executions.ts";
import { Authority } from "./hosts/authority.ts";
import { Cloud } from "./hosts/cloud.ts";
import { DOOR_PORT, HostDoor } from "./hosts/door.ts";
import { Hosts } from "./hosts/hosts.ts";
import { HostRecords } from "./hosts/records.ts";
import { hostRoutes } from "./hosts/routes.ts";
import { Shares } from "./hosts/shares.ts";
import { Journal } from "./journal/journal.ts";
import { Operations } from "./journal/operations.ts";
import { Monitor } from "./monitor/monitor.ts";
import { Signals } from "./monitor/signals.ts";
import { mrpRoutes } from "./mrp/routes.ts";
import { claimMachine } from "./only-one.ts";
import { Podman } from "./podman/podman.ts";
import { Folders } from "./projects/folders.ts";
import { commitImport, Imports } from "./projects/imports.ts";
import { type Project, Projects } from "./projects/projects.ts";
import { projectRoutes } from "./projects/routes.ts";
import { proxyRoutes } from "./proxy/routes.ts";
import { Reconciler } from "./reconciler.ts";
import { Moves } from "./runtime/moves.ts";
import { RuntimeRecords, stateOf } from "./runtime/records.ts";
import { runtimeRoutes } from "./runtime/routes.ts";
import { Runtimes } from "./runtime/runtimes.ts";
import { openS3 } from "./s3.ts";
import { createOperation } from "./sandbox/create.ts";
import { destroyOperation } from "./sandbox/destroy.ts";
import { sandboxRoutes } from "./sandbox/routes.ts";
import { Sandboxes } from "./sandbox/sandboxes.ts";
import type { Settings } from "./settings.ts";
import { siteRoutes } from "./site/routes.ts";
import { Sites } from "./site/sites.ts";
import { SiteStore } from "./site/store.ts";
import { snapshotRoutes } from "./snapshot/routes.ts";
import { Snapshots } from "./snapshot/snapshots.ts";
import { takeOperation } from "./snapshot/take.ts";
import { terminalRoutes } from "./terminal/routes.ts";
import { planRoute } from "./tiers/routes.ts";
import { Tiers } from "./tiers/tiers.ts";

export const VERSION = "0.1.0";

/** For how long the journal remembers what has ended: a client may ask for it once more after a long weekend. */
const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1000;
const SWEEP_MS = 60 * 60 * 1000;
const ENDS_SANDBOXES_MS = 10_000;

export interface RunningDaemon {
  /** Freezes what runs, lets operations end and closes. Idempotent. */
  stop(): Promise<void>;
}

/** Starts the daemon with its local agent. Resolves when the edge can use it. */
export async function startDaemon(settings: Settings): Promise<RunningDaemon> {
  const release = await claimMachine("markco-daemon");
  const folders = new Folders(settings.MARKCO_DATA);
  await mkdir(folders.checkpoints(), { recursive: true, mode: 0o700 });
  await mkdir(settings.MARKCO_RUN, { recursive: true, mode: 0o700 });

  const journal = new Journal(folders.journal());
  const podman = new Podman(join(settings.MARKCO_RUN, "podman.sock"));
  await podman.startService();

  const agent = new Agent(
    podman,
    { runtime: settings.RUNTIME_IMAGE, editor: settings.EDITOR_IMAGE },
    folders.checkpoints(),
    BASE_SERVER,
  );
  const operations = new Operations(journal);
  const outbox = new Outbox(journal, settings.EDGE_ORIGIN, settings.DAEMON_SECRET);
  const projects = new Projects(journal, folders);
  const imports = new Imports(journal, folders);
  const executions = new Executions(journal);
  const records = new RuntimeRecords(journal, (record) => {
    if (!record.isSandbox) outbox.post({ type: "runtime", projectId: record.projectId, runtime: stateOf(record) });
  });
  const moves = new Moves(journal, (runtimeId, move) => {
    const projectId = records.find(runtimeId)?.projectId;
    if (projectId) outbox.post({ type: "move", projectId, runtimeId, move });
  });
  const tiers = new Tiers(settings.TIERS);
  const authority = await Authority.open(folders.authority());
  const hosts = new Hosts({
    operations,
    records: new HostRecords(journal, ({ id, runtimeId, tier, createdMs, goneMs }) => {
      const projectId = records.find(runtimeId)?.projectId;
      const [from, to] = [createdMs, goneMs].map((ms) => (ms === null ? null : new Date(ms).toISOString()));
      if (!projectId || !from) return;
      const { dollarsPerHour } = tiers.get(tier);
      outbox.post({ type: "usage", projectId, usage: { id, tier, dollarsPerHour, from, to: to ?? null } });
    }),
    cloud: openCloud(settings, authority.installation),
    tiers,
    authority,
    shares: new Shares(folders.shares()),
    local: agent,
    address: settings.HOST_NETWORK_ADDRESS,
    secret: settings.DAEMON_SECRET,
    comesUpMs: settings.HOST_UP_SECONDS * 1000,
  });
  const signals = new Signals(journal, (runtimeId, signal) => {
    const projectId = records.find(runtimeId)?.projectId;
    if (projectId) outbox.post({ type: "signal", projectId, runtimeId, signal });
  });
  const woken = (runtimeId: string) => signals.raise(runtimeId, "idle-wake", "somebody needs it");
  const lost = (runtimeId: string, reason: string) =>
    signals.raise(runtimeId, "lost", `${reason}; its variables are gone`);
  const s3 = openS3(settings);
  const archiveBucket = settings.S3_ARCHIVE_BUCKET ?? settings.S3_BUCKET;
  const coldArchives = new ColdArchives({
    journal,
    operations,
    records,
    home: agent,
    store: new S3ArchiveStore(s3, archiveBucket, authority.installation),
    keys: await ArchiveKeys.open(folders.archiveKey()),
    coldMs: settings.COLD_SECONDS * 1000,
  });
  const world = { journal, operations, records, executions, projects, hosts, tiers, moves, coldArchives, woken, lost };
  const runtimes = new Runtimes(world);
  const idleMs = settings.IDLE_SECONDS * 1000;
  const gpuIdleMs = settings.GPU_IDLE_SECONDS * 1000;
  const monitor = new Monitor({ records, runtimes, executions, projects, hosts, tiers, signals, idleMs, gpuIdleMs });
  const sites = new Sites(journal, operations, projects, new SiteStore(s3, settings.S3_BUCKET), outbox);
  const commit = operations.define(commitImport(imports, projects, folders));

  const { elastic } = runtimes;
  const original = async (project: Project) => {
    const runtimeId = runtimes.own(project);
    await runtimes.running(runtimeId);
    monitor.touch(runtimeId);
    return { runtimeId, tier: runtimes.state(runtimeId).tier };
  };
  const copy: Runtimes["copy"] = (input) => runtimes.copy(input);
  const enter: Sandboxes["enter"] = (...state) => sandboxes.enter(...state);
  const sandboxes = new Sandboxes({
    journal,
    records,
    create: operations.define(createOperation(elastic, copy, enter)),
    destroy: operations.define(destroyOperation(elastic, enter)),
    folderOf: elastic.folder,
    original,
  });
  const snapshots = new Snapshots({
    journal,
    base: agent,
    quotaBytes: settings.SNAPSHOT_QUOTA_BYTES,
    take: operations.define(takeOperation(elastic, copy, () => snapshots)),
    restore: (project, archiveId) => runtimes.restore(runtimes.own(project), archiveId),
    original,
    kept: (projectId, snapshot) => outbox.post({ type: "snapshot", projectId, snapshot }),
    gone: (projectId, snapshotId) => outbox.post({ type: "snapshot-gone", projectId, snapshotId }),
  });

  const admissions = new Admissions();
  const serveOwner = (ownerId: string): Server => createApiServer(onOwnerSocket(ownerId), routes, [], admissions);
  const editors = new Editors(journal, operations, agent, folders, settings.MARKCO_RUN, serveOwner);
  const tunnel = editorTunnel(projects, editors);
  const mrp = mrpRoutes(projects, runtimes, executions, ({ project, runtimeId }, language, code) =>
    monitor.beforeCell(project, runtimeId, language, code),
  );
  const touch = (runtimeId: string) => monitor.touch(runtimeId);
  const terminals = terminalRoutes(projects, runtimes, touch);
  const proxy = proxyRoutes(projects, runtimes, touch);
  const view = (project: Project): RuntimeView => {
    const state = runtimes.state(runtimes.own(project));
    return {
      ...state,
      memory: state.state === "running" ? monitor.memoryOf(state.id) : null,
      move: moves.ofRuntime(state.id),
      held: hosts.heldFor(state.id).map(({ tier }) => tier),
      signals: signals.of(state.id),
    };
  };
  const bootId = randomUUID();
  const routes: Route[] = [
    { method: "GET", pattern: "/v1/health", handle: () => ({ ok: true, version: VERSION, bootId }) },
    ...admissions.routes,
    ...projectRoutes(projects, imports, commit, view, sites),
    ...runtimeRoutes(projects, runtimes, view),
    ...snapshotRoutes(projects, runtimes, snapshots),
    ...sandboxRoutes(projects, sandboxes),
    ...hostRoutes(hosts, records, projects, tiers),
    planRoute(tiers, settings),
    ...siteRoutes(projects, sites),
    ...mrp.routes,
    ...terminals.routes,
    ...tunnel.routes,
    ...proxy.routes,
  ];

  // Editor containers that outlived the daemon have clients waiting: their sockets come first.
  for (const ownerId of editors.wanted()) await editors.listen(ownerId);
  const sweep = () => {
    operations.sweep(Date.now() - REMEMBERED_MS);
    executions.sweep(Date.now() - REMEMBERED_MS);
    moves.sweep(Date.now() - REMEMBERED_MS);
    signals.sweep(Date.now() - REMEMBERED_MS);
    hosts.forget(Date.now() - REMEMBERED_MS);
    imports.sweep(Date.now()).catch((error: unknown) => console.error("old imports:", error));
  };
  sweep();
  const sweeping = setInterval(sweep, SWEEP_MS);
  const ending = setInterval(() => {
    const late = (error: unknown) => console.error("sandboxes:", error);
    sandboxes.sweep(Date.now(), Date.now() - REMEMBERED_MS).catch(late);
  }, ENDS_SANDBOXES_MS);
  // Operations that are taken up may need a host: it must be able to come in.
  const door = new HostDoor(authority, hosts);
  await door.listen(settings.HOST_NETWORK_ADDRESS, DOOR_PORT);
  hosts.watch();
  // What was under way is taken up while the edge can ask: who wants a runtime that is being moved waits for that, and nobody else
  // does, since one operation may take long to come to its end.
  const resumed = operations.resume();
  runtimes.recover();
  for (const recovered of [sandboxes.recover(resumed), snapshots.recover(resumed)])
    recovered.catch((error: unknown) => console.error("what was left half done:", error));
  outbox.flush();
  for (const project of projects.all()) sites.changed(project.id);

  const fromEdge = signedByEdge(settings.DAEMON_SECRET, journaledNonces(journal));
  const upgrades = [...tunnel.upgrades, ...mrp.upgrades, ...terminals.upgrades, ...proxy.upgrades];
  const server = createApiServer(fromEdge, routes, upgrades, admissions);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.MARKCO_PORT, settings.MARKCO_LISTEN, resolve);
  });
  agent.makeTemplate().catch((error: unknown) => console.error("the template for new runtimes:", error));
  const reconciler = new Reconciler(agent, records, hosts, runtimes, editors);
  reconciler.start();
  monitor.start();
  coldArchives.watch();

  let stopping: Promise<void> | null = null;
  async function stop(): Promise<void> {
    clearInterval(sweeping);
    clearInterval(ending);
    monitor.stop();
    coldArchives.close();
    await reconciler.stop();
    sites.stop();
    // Nobody may ask for a runtime while they are put to sleep.
    server.closeAllConnections();
    server.close();
    editors.close();
    await operations.drain(() => runtimes.sleepAll());
    hosts.close();
    door.close();
    outbox.stop();
    podman.stopService();
    journal.close();
    release();
  }
  return {
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function openCloud(settings: Settings, installation: string): Cloud {
  const { EC2_ACCESS_KEY_ID: accessKeyId, EC2_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  return new Cloud({
    endpoint: settings.EC2_ENDPOINT,
    region: settings.EC2_REGION,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    image: settings.EC2_IMAGE,
    subnets: settings.EC2_SUBNETS,
    securityGroups: settings.EC2_SECURITY_GROUPS,
    installation,
  });
}
