/**
 * The local platform's edge and S3, without all else, and sites that the daemon's own code published there: public pages
 * ask neither database nor daemon, so this is all that their readers need.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { originOf } from "../../infra/local/addresses.ts";
import { REPOSITORY } from "../../infra/local/folders.ts";
import { SupervisedService } from "../../infra/local/services/supervise.ts";
import { freePort } from "../../infra/local/testing/free-port.ts";
import { LocalS3 } from "./local-s3.ts";
import { Publisher } from "./publisher.ts";

const BUCKET = "markco";
const NOBODY_ANSWERS = "http://127.0.0.1:9";

export class PublishedEdge {
  readonly origin: string;
  /** Process that has started the edge's workerd. */
  readonly pid: number;
  readonly #publisher: Publisher;
  readonly #folder: string;
  readonly #services: readonly { stop(): Promise<void> }[];

  private constructor(
    { origin, pid }: Pick<PublishedEdge, "origin" | "pid">,
    publisher: Publisher,
    folder: string,
    services: readonly { stop(): Promise<void> }[],
  ) {
    this.origin = origin;
    this.pid = pid;
    this.#publisher = publisher;
    this.#folder = folder;
    this.#services = services;
  }

  /** Starts what has been built, on ports that are free. */
  static async start(): Promise<PublishedEdge> {
    const folder = await mkdtemp(join(tmpdir(), "published-edge-"));
    const s3 = await LocalS3.start(join(folder, "s3"), BUCKET);
    const edge = await freePort();
    const started = { origin: originOf(edge), pid: 0 };
    const service = new SupervisedService(
      {
        name: "edge",
        entry: join(REPOSITORY, "infra/local/services/edge.ts"),
        settings: {
          port: edge,
          folder: join(folder, "edge"),
          variables: {
            ...s3.settings,
            PUBLIC_ORIGIN: originOf(edge),
            DATABASE_URL: "postgresql://nobody:none@127.0.0.1:9/none",
            DAEMON_URL: NOBODY_ANSWERS,
            DAEMON_SECRET: randomUUID(),
            OIDC_ISSUER: NOBODY_ANSWERS,
            OIDC_CLIENT_ID: "markco",
            OIDC_CLIENT_SECRET: randomUUID(),
          },
        },
      },
      (pid) => {
        started.pid = pid;
      },
    );
    await service.start();
    return new PublishedEdge(started, new Publisher(join(folder, "projects"), s3.settings), folder, [service, s3]);
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
