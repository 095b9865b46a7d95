/** A PostgreSQL of a test's own: Debian's programs, a cluster in a folder, nothing but a Unix socket to reach it by. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

/** Newest first; empty where no PostgreSQL is installed. */
const FOLDERS = globSync("/usr/lib/postgresql/*/bin").toSorted().reverse();

export const isPostgresInstalled = FOLDERS.length > 0;

const NOBODY = 65_534;
/** PostgreSQL refuses to run as root. */
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

export class TestPostgres {
  readonly pool: pg.Pool;
  readonly #folder: string;
  readonly #server: ChildProcess;

  private constructor(folder: string, server: ChildProcess) {
    this.#folder = folder;
    this.#server = server;
    this.pool = new pg.Pool({ host: folder, user: "markco", database: "postgres" });
    this.pool.on("error", () => {});
  }

  /** Resolves with a database that has the edge's schema. */
  static async start(): Promise<TestPostgres> {
    const [programs = ""] = FOLDERS;
    const folder = await mkdtemp(join(tmpdir(), "edge-"));
    if ("uid" in asNobody) chownSync(folder, NOBODY, NOBODY);
    const data = join(folder, "data");
    const cluster = [
      "--pgdata",
      data,
      "--username=markco",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ];
    execFileSync(join(programs, "initdb"), cluster, { ...asNobody, cwd: folder, stdio: "ignore" });
    const options = [
      "-D",
      data,
      "-k",
      folder,
      "-c",
      "listen_addresses=",
      "-c",
      "fsync=off",
      "-c",
      "shared_buffers=8MB",
    ];
    const server = spawn(join(programs, "postgres"), options, {
      ...asNobody,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await saysReady(server);
    const postgres = new TestPostgres(folder, server);
    await migrate(drizzle(postgres.pool), { migrationsFolder: join(import.meta.dirname, "../database/migrations") });
    return postgres;
  }

  async stop(): Promise<void> {
    await this.pool.end();
    const ended = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.kill("SIGINT");
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function saysReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.on("data", (chunk) => {
      said += chunk;
      if (said.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`PostgreSQL ended:\n${said}`)));
  });
}
