/** The whole platform on one machine: what production has as services, started in order and stopped in reverse. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { originOf, s3Endpoint } from "./addresses.ts";
import { BaseServer, baseServerUrl } from "./base-server.ts";
import { migrateDatabase } from "./database/migrate.ts";
import { Postgres, postgresUrl } from "./database/postgres.ts";
import { amiOf } from "./ec2/images.ts";
import type { StateFolders } from "./folders.ts";
import { forwardFromBridge, type Network, openNetwork } from "./network.ts";
import { podmanAttempt, removeContainer, removeNetwork } from "./podman.ts";
import type { Ports } from "./ports.ts";
import type { RunRecord } from "./run-record.ts";
import type { Secrets } from "./secrets.ts";
import { SupervisedService } from "./services/supervise.ts";

const BUCKET = "markco";
const REGION = "auto";
const EC2_REGION = "local-1";
const CLIENT_ID = "markco";

export interface PlatformPlan {
  readonly folders: StateFolders;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly hostImage: string;
  /** A Postgres of the person's own instead of the local one. */
  readonly databaseUrl: string | null;
  readonly record: RunRecord;
}

/** Names of containers and network: several platforms of one clone may run side by side. */
export function namesFor(folders: StateFolders) {
  const id = `markco-${createHash("sha256").update(folders.root).digest("hex").slice(0, 8)}`;
  return { network: id, baseServer: `${id}-base`, database: `${id}-db`, instances: `${id}-host` };
}

/** Clears containers and network of a start that was killed. Runtimes are put to sleep first, as by an orderly stop. */
export async function clearLeftovers(folders: StateFolders): Promise<void> {
  const names = namesFor(folders);
  for (const container of [names.baseServer, names.database]) {
    const found = await podmanAttempt(["container", "exists", container]);
    if (found.status !== 0) continue;
    await podmanAttempt(["stop", "--time", "75", container]);
    await removeContainer(container);
  }
  await removeInstances(names.instances);
  await removeNetwork(names.network);
}

/** The containers of all instances. Their disks stay: an instance that should run is booted with the next start. */
async function removeInstances(prefix: string): Promise<void> {
  const { stdout } = await podmanAttempt(["ps", "--all", "--filter", `name=^${prefix}-`, "--format", "{{.Names}}"]);
  for (const name of stdout.split("\n").filter((line) => line !== "")) await removeContainer(name);
}

/** Stopped from first to last: what asks goes before what answers. */
const LAYERS = ["edge", "base server", "support", "instances", "network"] as const;
type Layer = (typeof LAYERS)[number];

export class Platform {
  readonly #plan: PlatformPlan;
  readonly #names: ReturnType<typeof namesFor>;
  readonly #running: { readonly layer: Layer; readonly stop: () => Promise<void> }[] = [];

  constructor(plan: PlatformPlan) {
    this.#plan = plan;
    this.#names = namesFor(plan.folders);
  }

  get origin(): string {
    return originOf(this.#plan.ports.edge);
  }

  /** Resolves when every part answers. Throws the first Fault after all have settled; what runs by then needs `stop`. */
  async start(): Promise<void> {
    const network = await openNetwork(this.#names.network);
    this.#running.push({ layer: "network", stop: () => removeNetwork(this.#names.network) });
    const outcomes = await Promise.allSettled([
      this.#startS3(network),
      this.#startIdentity(),
      this.#startDatabase(network),
      this.#startBaseServer(network),
      this.#startEdge(network),
    ]);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Never throws: whatever can be stopped is stopped. */
  async stop(): Promise<void> {
    const running = this.#running.splice(0);
    for (const layer of LAYERS) {
      await Promise.allSettled(running.filter((part) => part.layer === layer).map(({ stop }) => stop()));
    }
  }

  #startS3({ gateway }: Network): Promise<void> {
    const { ports, folders, secrets } = this.#plan;
    return this.#service("support", "the S3 endpoint", "s3", {
      port: ports.s3,
      alias: gateway,
      folder: folders.s3,
      bucket: BUCKET,
      ...secrets.s3,
    });
  }

  #startIdentity(): Promise<void> {
    const { ports, secrets } = this.#plan;
    return this.#service("support", "the sign-in provider", "identity", {
      port: ports.identity,
      edgeOrigin: this.origin,
      clientId: CLIENT_ID,
      ...secrets.identity,
    });
  }

  async #startDatabase(network: Network): Promise<void> {
    const { ports, folders, secrets, hostImage, databaseUrl } = this.#plan;
    if (databaseUrl === null) {
      const postgres = new Postgres({
        name: this.#names.database,
        image: hostImage,
        network,
        folder: folders.database,
        runFolder: folders.run,
        password: secrets.database,
      });
      this.#running.push({ layer: "support", stop: () => postgres.stop() });
      await postgres.start();
    }
    const url = this.#databaseUrl(network);
    await migrateDatabase(url);
    if (isNeon(url)) return;
    const { hostname, port } = new URL(url);
    await this.#service("support", "the database proxy", "database-proxy", {
      port: ports.databaseProxy,
      database: { host: hostname, port: Number(port || 5432) },
    });
  }

  async #startBaseServer(network: Network): Promise<void> {
    const { ports, folders, secrets, hostImage } = this.#plan;
    const baseServer = new BaseServer({
      name: this.#names.baseServer,
      image: hostImage,
      network,
      folders,
      secret: secrets.daemon,
      environment: {
        EDGE_ORIGIN: `http://${network.gateway}:${ports.edge}`,
        ...s3Variables(network.gateway, this.#plan),
        ...tuning(process.env),
        HOST_NETWORK_ADDRESS: network.baseServer.address,
        EC2_ENDPOINT: `http://${network.gateway}:${ports.ec2}`,
        EC2_REGION,
        EC2_ACCESS_KEY_ID: secrets.ec2.accessKeyId,
        EC2_SECRET_ACCESS_KEY: secrets.ec2.secretAccessKey,
        EC2_IMAGE: amiOf(hostImage),
      },
    });
    this.#running.push({ layer: "base server", stop: () => baseServer.stop() });
    this.#running.push({ layer: "instances", stop: () => removeInstances(this.#names.instances) });
    await baseServer.start();
    // The gateway's address is there only since this container is on the bridge.
    await this.#startEc2(network);
    for (const port of [ports.s3, ports.edge]) {
      const forward = await forwardFromBridge(network.gateway, port);
      this.#running.push({ layer: "support", stop: async () => forward.close() });
    }
    await baseServer.ready();
  }

  #startEc2({ gateway }: Network): Promise<void> {
    const { ports, folders, secrets, hostImage } = this.#plan;
    return this.#service("support", "the EC2 endpoint", "ec2", {
      port: ports.ec2,
      gateway,
      network: this.#names.network,
      prefix: this.#names.instances,
      hostImage,
      folder: folders.ec2,
      accessKeyId: secrets.ec2.accessKeyId,
    });
  }

  #startEdge(network: Network): Promise<void> {
    const { ports, folders, secrets } = this.#plan;
    const databaseUrl = this.#databaseUrl(network);
    const variables = {
      PUBLIC_ORIGIN: this.origin,
      DATABASE_URL: databaseUrl,
      ...(isNeon(databaseUrl) ? {} : { NEON_ENDPOINT: `http://127.0.0.1:${ports.databaseProxy}/sql` }),
      DAEMON_URL: baseServerUrl(network),
      DAEMON_SECRET: secrets.daemon,
      ...s3Variables("127.0.0.1", this.#plan),
      OIDC_ISSUER: originOf(ports.identity),
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: secrets.identity.clientSecret,
    };
    const settings = { port: ports.edge, folder: folders.edge, variables };
    // Wrangler would write logs to the person's home and ask the network about this machine.
    return this.#service("edge", "the edge", "edge", settings, {
      WRANGLER_LOG_PATH: join(folders.run, "wrangler"),
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    });
  }

  #databaseUrl(network: Network): string {
    return this.#plan.databaseUrl ?? postgresUrl(network, this.#plan.secrets.database);
  }

  async #service(
    layer: Layer,
    name: string,
    file: string,
    settings: object,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const entry = join(import.meta.dirname, "services", `${file}.ts`);
    const service = new SupervisedService({ name, entry, settings, environment }, (pid) =>
      this.#plan.record.addGroup(pid),
    );
    this.#running.push({ layer, stop: () => service.stop() });
    await service.start();
  }
}

function s3Variables(host: string, { ports, secrets }: PlatformPlan) {
  return {
    S3_ENDPOINT: s3Endpoint(host, ports.s3),
    S3_BUCKET: BUCKET,
    S3_REGION: REGION,
    S3_ACCESS_KEY_ID: secrets.s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: secrets.s3.secretAccessKey,
  };
}

/** A real Neon speaks its driver's protocol itself. */
function isNeon(url: string): boolean {
  return new URL(url).hostname.endsWith(".neon.tech");
}

/** Settings of the daemon that the operator may change by variables of the start: MARKCO_TIERS and so on. */
function tuning(environment: NodeJS.ProcessEnv): Record<string, string> {
  const set: Record<string, string> = {};
  for (const name of ["TIERS", "IDLE_SECONDS", "GPU_IDLE_SECONDS", "COLD_SECONDS", "HOST_UP_SECONDS"]) {
    const value = environment[`MARKCO_${name}`];
    if (value !== undefined) set[name] = value;
  }
  return set;
}
