/** The Worker in workerd, bundled and configured as it is deployed, with stand-ins around it on loopback. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { BUCKET, FakeBucket } from "./fake-bucket.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { FakeProvider } from "./fake-provider.ts";
import type { Loopback } from "./loopback.ts";
import { startNeon } from "./neon.ts";
import { TestPostgres } from "./postgres.ts";

const ROOT = join(import.meta.dirname, "../..");
const CONFIG = join(ROOT, "wrangler.toml");
export const ORIGIN = "http://markco.test";
export const DAEMON_SECRET = "a secret of the tests, long enough to be one";

/** A browser or command line, by the header that says who it is. */
export interface Visitor {
  readonly headers: Record<string, string>;
}

export const STRANGER: Visitor = { headers: {} };

interface Parts {
  readonly postgres: TestPostgres;
  readonly daemon: FakeDaemon;
  readonly provider: FakeProvider;
  readonly bucket: FakeBucket;
  readonly neon: Loopback;
}

export class Edge {
  readonly postgres: TestPostgres;
  readonly daemon: FakeDaemon;
  readonly provider: FakeProvider;
  readonly bucket: FakeBucket;
  readonly #neon: Loopback;
  readonly #folder: string;
  readonly #worker: Miniflare;
  readonly #log: string[] = [];

  private constructor(
    { postgres, daemon, provider, bucket, neon }: Parts,
    variables: Record<string, string>,
    folder: string,
  ) {
    this.postgres = postgres;
    this.daemon = daemon;
    this.provider = provider;
    this.bucket = bucket;
    this.#neon = neon;
    this.#folder = folder;
    // The bundle is one module: rules for finding more are of no use, and Miniflare 5 refuses them.
    const { modulesRules: _, ...configured } = unstable_getMiniflareWorkerOptions(CONFIG).workerOptions;
    this.#worker = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        log: new Log(LogLevel.NONE),
        telemetry: { enabled: false },
        handleStructuredLogs: ({ message }) => this.#log.push(message),
        workers: [
          {
            ...configured,
            modules: true,
            modulesRoot: folder,
            scriptPath: join(folder, "worker.js"),
            bindings: variables,
          },
        ],
      }),
    );
  }

  static async start(): Promise<Edge> {
    const [bundle, postgres] = await Promise.all([bundleWorker(), TestPostgres.start()]);
    const parts = {
      postgres,
      daemon: new FakeDaemon(DAEMON_SECRET),
      provider: new FakeProvider(),
      bucket: new FakeBucket(),
      neon: await startNeon(postgres.pool),
    };
    const variables = {
      PUBLIC_ORIGIN: ORIGIN,
      DATABASE_URL: "postgresql://markco:any@localhost/markco",
      NEON_ENDPOINT: `${parts.neon.origin}/sql`,
      DAEMON_URL: await parts.daemon.start(),
      DAEMON_SECRET,
      S3_ENDPOINT: await parts.bucket.start(),
      S3_BUCKET: BUCKET,
      S3_REGION: "auto",
      S3_ACCESS_KEY_ID: "key",
      S3_SECRET_ACCESS_KEY: "secret",
      OIDC_ISSUER: await parts.provider.start(),
      OIDC_CLIENT_ID: "markco",
      OIDC_CLIENT_SECRET: "a client's secret",
    };
    const edge = new Edge(parts, variables, bundle);
    await edge.#worker.ready;
    return edge;
  }

  /** A request of `visitor`, on our own origin or at a whole address. Redirects are not followed. */
  ask(visitor: Visitor, path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    return this.#worker.dispatchFetch(new URL(path, ORIGIN), {
      ...init,
      headers: { ...visitor.headers, ...init.headers },
      redirect: "manual",
    });
  }

  /** What the Worker logged, as one text. */
  get logs(): string {
    return this.#log.join("\n");
  }

  async close(): Promise<void> {
    await this.#worker.dispose();
    for (const part of [this.daemon, this.provider, this.bucket]) await part.stop();
    await this.#neon.close();
    await this.postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Bundles as `wrangler deploy` does, into a folder of its own. Looks nothing up. */
async function bundleWorker(): Promise<string> {
  await mkdir(join(ROOT, "dist/assets"), { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "edge-worker-"));
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder], {
    cwd: ROOT,
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: folder,
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  return folder;
}
