/** Published sites in S3: immutable objects by content, and one manifest that is swapped by a conditional put. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Manifest, manifestKey, objectKey } from "../../shared/site/manifest.ts";

export interface StoredManifest {
  readonly manifest: Manifest;
  /** Names the stored version; a put that gives it succeeds only while it is the current one. */
  readonly etag: string;
}

export class SiteStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async putObject(user: string, name: string, sha256: string, content: Uint8Array): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: objectKey(user, name, sha256),
        Body: content,
        ContentLength: content.length,
      }),
    );
  }

  /** The content of an object, or null if there is none. */
  async object(user: string, name: string, sha256: string): Promise<Buffer | null> {
    try {
      const found = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: objectKey(user, name, sha256) }),
      );
      return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  /** The live manifest, or null if nothing is published there. */
  async manifest(user: string, name: string): Promise<StoredManifest | null> {
    try {
      const found = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: manifestKey(user, name) }),
      );
      const text = (await found.Body?.transformToString()) ?? "";
      return { manifest: Manifest.parse(JSON.parse(text)), etag: found.ETag ?? "" };
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  /** Swaps the manifest if `previous` is still the live one (null: if there is none). False if it is not. */
  async putManifest(manifest: Manifest, previous: StoredManifest | null): Promise<boolean> {
    try {
      await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: manifestKey(manifest.user, manifest.name),
          Body: Buffer.from(JSON.stringify(manifest)),
          ContentType: "application/json",
          ...(previous ? { IfMatch: previous.etag } : { IfNoneMatch: "*" }),
        }),
      );
      return true;
    } catch (error) {
      if (isStatus(error, 412) || isStatus(error, 409)) return false;
      throw error;
    }
  }

  async removeManifest(user: string, name: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: manifestKey(user, name) }));
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
