/** The local platform's S3 endpoint alone, on a port that is free. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { s3Endpoint } from "../../infra/local/addresses.ts";
import { REPOSITORY } from "../../infra/local/folders.ts";
import { SupervisedService } from "../../infra/local/services/supervise.ts";
import { freePort } from "../../infra/local/testing/free-port.ts";

export class LocalS3 {
  /** As daemon and edge are told of it. */
  readonly settings: Readonly<
    Record<"S3_ENDPOINT" | "S3_BUCKET" | "S3_REGION" | "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY", string>
  >;
  readonly #service: SupervisedService;

  private constructor(settings: LocalS3["settings"], service: SupervisedService) {
    this.settings = settings;
    this.#service = service;
  }

  /** @param folder for what it keeps */
  static async start(folder: string, bucket: string): Promise<LocalS3> {
    const port = await freePort();
    const access = { accessKeyId: "key-of-the-tests", secretAccessKey: randomUUID() };
    const service = new SupervisedService(
      {
        name: "the S3 endpoint",
        entry: join(REPOSITORY, "infra/local/services/s3.ts"),
        settings: { port, alias: "localhost", folder, bucket, ...access },
      },
      () => {},
    );
    await service.start();
    const settings = {
      S3_ENDPOINT: s3Endpoint("127.0.0.1", port),
      S3_BUCKET: bucket,
      S3_REGION: "auto",
      S3_ACCESS_KEY_ID: access.accessKeyId,
      S3_SECRET_ACCESS_KEY: access.secretAccessKey,
    };
    return new LocalS3(settings, service);
  }

  stop(): Promise<void> {
    return this.#service.stop();
  }
}
