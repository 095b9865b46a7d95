/**
 * The local platform's edge and S3, without all else, and sites that the daemon's own code published there: public pages
 * ask neither database nor daemon, so this is all that their readers need.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildAll } from "../../infra/build.ts";
import { originOf, s3Endpoint } from "../../infra/local/addresses.ts";
import { REPOSITORY } from "../../infra/local/folders.ts";
import { SupervisedService } from "../../infra/local/services/supervise.ts";
import { Publisher } from "./publisher.ts";

const BUCKET = "markco";
const REGION = "auto";
const NOBODY_ANSWERS = "http://127.0.0.1:9";

export class PublishedEdge {
  readonly origin: string;
  /** Process that has started the edge's workerd. */
  readonly pid: number;
  readonly #publisher: Publisher;
  readonly #folder: string;
  readonly #services: readonly SupervisedService[];

  private constructor(
    { origin, pid }: Pick<PublishedEdge, "origin" | "pid">,
    publisher: Publisher,
    folder: string,
    services: readonly SupervisedService[],
  ) {
    this.origin = origin;
    this.pid = pid;
    this.#publisher = publisher;
    this.#folder = folder;
    this.#services = services;
  }

  /** Builds what runs, and starts it on ports that are free. */
  static async start(): Promise<PublishedEdge> {
    await buildAll(["worker", "theme", "reader"]);
    const folder = await mkdtemp(join(tmpdir(), "published-edge-"));
    const [edge, s3] = [await freePort(), await freePort()];
    const access = { accessKeyId: "key", secretAccessKey: randomUUID() };
    const store = {
      S3_ENDPOINT: s3Endpoint("127.0.0.1", s3),
      S3_BUCKET: BUCKET,
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: access.accessKeyId,
      S3_SECRET_ACCESS_KEY: access.secretAccessKey,
    };
    const started = { origin: originOf(edge), pid: 0 };
    const services = [
      service("s3", { port: s3, alias: "localhost", folder: join(folder, "s3"), bucket: BUCKET, ...access }),
      service(
        "edge",
        {
          port: edge,
          folder: join(folder, "edge"),
          variables: {
            ...store,
            PUBLIC_ORIGIN: originOf(edge),
            DATABASE_URL: "postgresql://nobody:none@127.0.0.1:9/none",
            DAEMON_URL: NOBODY_ANSWERS,
            DAEMON_SECRET: randomUUID(),
            OIDC_ISSUER: NOBODY_ANSWERS,
            OIDC_CLIENT_ID: "markco",
            OIDC_CLIENT_SECRET: randomUUID(),
          },
        },
        (pid) => {
          started.pid = pid;
        },
      ),
    ];
    await Promise.all(services.map((one) => one.start()));
    return new PublishedEdge(started, new Publisher(join(folder, "projects"), store), folder, services);
  }

  /**
   * Publishes a folder as `@demo/<name>`, or what has changed in it.
   * @returns the site's address
   */
  async publish(name: string, source: string): Promise<string> {
    return `${this.origin}/${await this.#publisher.publish(name, source)}`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#services.map((one) => one.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function service(name: "s3" | "edge", settings: object, onChild = (_pid: number) => {}): SupervisedService {
  const entry = join(REPOSITORY, "infra/local/services", `${name}.ts`);
  return new SupervisedService({ name, entry, settings }, onChild);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
