/** The local PostgreSQL: the host image's own, in a container beside the base server. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { WatchedContainer } from "../container.ts";
import type { Network } from "../network.ts";

const PORT = 5432;
const READY_MS = 30_000;
const DATABASE = "markco";

export interface PostgresPlan {
  readonly name: string;
  readonly image: string;
  readonly network: Network;
  /** Where the cluster lives. */
  readonly folder: string;
  readonly runFolder: string;
  readonly password: string;
}

export function postgresUrl(network: Network, password: string, database = DATABASE): string {
  return `postgresql://markco:${password}@${network.database.address}:${PORT}/${database}`;
}

export class Postgres {
  readonly #plan: PostgresPlan;
  readonly #container: WatchedContainer;

  constructor(plan: PostgresPlan) {
    this.#plan = plan;
    this.#container = new WatchedContainer({
      what: "the database",
      name: plan.name,
      image: plan.image,
      options: [
        ...plan.network.database.options,
        ...["--volume", `${plan.folder}:/cluster`, "--shm-size", "128m", "--stop-signal", "SIGINT"],
        ...["--cap-drop", "all", "--cap-add", "CHOWN,DAC_OVERRIDE,FOWNER,SETUID,SETGID"],
        ...["--ulimit", "nofile=1024:20000", "--ulimit", "nproc=4096:4096"],
      ],
      command: ["sh", "-c", readFileSync(join(import.meta.dirname, "postgres.sh"), "utf8")],
      environment: { DATABASE_PASSWORD: plan.password, MACHINE_ADDRESS: plan.network.gateway },
      stopSeconds: 20,
      folder: plan.runFolder,
    });
  }

  /** Resolves when the platform's database is there. Throws Fault("unavailable") with the last thing PostgreSQL said. */
  async start(): Promise<void> {
    const { folder, network, password } = this.#plan;
    await mkdir(folder, { recursive: true });
    await this.#container.start();
    await this.#container.ready(() => ensureDatabase(postgresUrl(network, password, "postgres")), READY_MS);
  }

  async stop(): Promise<void> {
    await this.#container.stop();
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end().catch(() => {});
  }
}
